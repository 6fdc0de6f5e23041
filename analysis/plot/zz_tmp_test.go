package plot
import ("testing";"os";"hypersim/analysis")
func TestTmpSweep(t *testing.T) {
	s, err := analysis.LoadSweep(os.Getenv("SW")); if err != nil { t.Fatal(err) }
	n, err := SweepFigures(s, os.Getenv("SW")+"/plots", SweepOptions{Defaults: map[string]string{"variant":"flat","cluster.size":"100","protocol.probe.interval":"1s","protocol.suspicion.min":"5s","network.intra.loss.p":"0","protocol.awareness.enabled":"true"}})
	t.Log(n, err)
}
