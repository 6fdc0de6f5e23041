package host
import ("testing";"hypersim/core";"hypersim/core/rng")
func TestX(t *testing.T){
 for seed:=uint64(1);seed<9;seed++{
  d,_:=rng.Exponential(20e-6); g,_:=rng.Exponential(20e-6/0.7)
  h:=newHost(d,1000000,true); h.draw=rng.New(seed,"host.service",5)
  s:=rng.New(seed,"a")
  drv:=newDriver(h); n:=1000000; arr:=make([]core.Instant,n); sum:=0.0; ms:=0.0
  drv.served=func(at core.Instant,h uint32){sum+=float64(at.Sub(arr[h]))}
  now:=core.Instant(0)
  for i:=range n { now=now.Add(core.Seconds(g.Sample(&s))); arr[i]=now; drv.arrive(now,0,uint32(i)) }
  ms=float64(now)/float64(n)/1e3
  t.Log(seed, sum/float64(n)/1e3/46.6667, ms/(20/0.7))
 }
}
