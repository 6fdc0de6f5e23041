package world
import ("testing";"hypersim/core/rng";"slices")
func TestScratch(t *testing.T){
 for _,n:=range []int{30,100}{
 runs:=400
 acc:=map[int]float64{}; accm:=map[int]float64{}
 ks:=[]int{1,2,3,5,8,14,28,49}
 for s:=0;s<runs;s++ {
  r:=rumour(t,n,uint64(1000+s),"protocol.gossip.interval=0s")
  for _,k:=range ks { if k<len(r.since) {acc[k]+=r.since[k]/float64(runs)} }
 }
 draw:=rng.New(7,"x")
 for s:=0;s<4000;s++ {
  c:=spread{n:n-1,lambda:3,probes:true,acks:true}.crowd(&draw); c.play()
  v:=slices.Clone(c.since); slices.Sort(v)
  for _,k:=range ks { if k<len(v) {accm[k]+=v[k]/4000} }
 }
 for _,k:=range ks { t.Logf("n %d k %d ours %.3f model %.3f",n,k,acc[k],accm[k]) }
 }
}
