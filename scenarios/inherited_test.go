package scenarios

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// disabledIDs returns the invariants that are off, sorted.
func disabledIDs(sc *Scenario) []string {
	var out []string
	for _, d := range sc.Disabled {
		out = append(out, d.ID)
	}
	slices.Sort(out)
	return out
}

// spec 40 §8.3: "decision number = true restores the inherited behaviour where the core offers it". A profile
// turns on all of them, and what a file says itself wins.
func TestInheritedProfile(t *testing.T) {
	plain := small(t, "")
	if c := plain.Protocol.Default(); len(c.Inherited()) > 0 || plain.Protocol.Behaviour() != "specified" || len(plain.Disabled) > 0 {
		t.Errorf("by default %v is on, %q, without %v", c.Inherited(), plain.Protocol.Behaviour(), plain.Disabled)
	}

	all := small(t, "[protocol]\nprofile = \"inherited\"\n")
	c := all.Protocol.Default()
	if have := c.Inherited(); !slices.Equal(have, []string{"10/D4", "10/D5", "10/D7", "10/D8", "10/D12", "10/D15", "10/D19", "10/D22", "10/D25", "10/D33", "10/D34", "20/J7", "20/J13", "20/J29", "20/J30", "20/J35", "20/J43", "30/D10", "30/D19", "30/D24", "30/D25", "30/D27"}) {
		t.Errorf("the profile turns on %v", have)
	}
	if all.Protocol.Behaviour() != "inherited" {
		t.Errorf("behaviour %q", all.Protocol.Behaviour())
	}
	if have := disabledIDs(all); !slices.Equal(have, []string{"I-J5", "I-M11", "I-M12", "I-M29", "I-M30", "I-M31", "I-M7", "I-R12", "I-R5", "I-R6", "I-R7", "I-W5"}) {
		t.Errorf("the profile turns off %v", have)
	}
	s := &c.Swim
	for what, ok := range map[string]bool{
		"suspicion.formula": s.Suspicion.Formula == "log-n", "timeout.latency_mode": s.Timeout.LatencyMode == "off",
		"vivaldi.engine": c.Vivaldi.Engine == "hyperscale", "confirm.removal": s.Confirm.Removal == "attempts",
		"sync.mode": s.Sync.Mode == "off", "reconnect.interval": s.Reconnect.Interval == 0, "gossip.to_dead": s.Gossip.ToDead == 0,
		"job_timeout.commands": c.Timeout.Job.Commands == "once", "job_timeout.progress": c.Timeout.Job.Growth == "transitions",
		"job_timeout.waiting": c.Timeout.Job.Waiting == "stuck", "lease.on_loss": c.Replica.Lease.OnLoss == "failed",
		"orphan.worker_grace": c.Job.Orphan.Grace == 5*time.Second, "cancel.dispatched": !c.Job.Cancel.Dispatched,
		"dc_health.by_utilisation": c.Routing.Sites.ByUse, "routing.targets": c.Routing.Routing.Targets == "ranked",
		"shed.classes": c.Admission.Shed.Classes == "inherited",
		"worker.probe": s.Worker.Probe == "member", "link.sample_interval": c.Federated.Link.SampleInterval == 0,
	} {
		if !ok {
			t.Errorf("the profile does not set %s", what)
		}
	}
}

func TestInheritedPrecedence(t *testing.T) {
	// The rooms stand before and after [protocol.inherited]; both win.
	sc := small(t, `
[protocol]
profile = "inherited"
[protocol.confirm]
removal = "both"
[protocol.inherited]
"10/D4" = false
"10/D25" = false
[protocol.timeout]
latency_mode = "additive"
`)
	c := sc.Protocol.Default()
	s := &c.Swim
	if s.Confirm.Removal != "both" || s.Timeout.LatencyMode != "additive" {
		t.Errorf("explicit keys lose: removal %q, latency_mode %q", s.Confirm.Removal, s.Timeout.LatencyMode)
	}
	if s.Inherited.Refute || s.Sync.Mode != "digest" || s.Reconnect.Interval == 0 || s.Gossip.ToDead == 0 {
		t.Errorf("switched off, 10/D4 is %v and sync %q", s.Inherited.Refute, s.Sync.Mode)
	}
	if slices.Contains(c.Inherited(), "10/D4") || !strings.HasPrefix(sc.Protocol.Behaviour(), "inherited with 10/D5, ") {
		t.Errorf("behaviour %q", sc.Protocol.Behaviour())
	}
}

func TestInheritedSwitchesFromOutside(t *testing.T) {
	sc, err := Load("partition", []string{"protocol.inherited.10/D8=true", `protocol.inherited."10/D12"=true`}, Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	if have := sc.Protocol.Behaviour(); have != "specified with 10/D8, 10/D12" {
		t.Errorf("behaviour %q", have)
	}
	if have := sc.Protocol.Default().Swim.Timeout.LatencyMode; have != "off" {
		t.Errorf("latency_mode %q", have)
	}
	if have := disabledIDs(sc); !slices.Equal(have, []string{"I-M11", "I-M12", "I-M29"}) {
		t.Errorf("off: %v", have)
	}
	if p := Describe(sc); !strings.Contains(p.String(), "protocol as specified with 10/D8, 10/D12") {
		t.Errorf("the plan does not say it:\n%v", p)
	}
}

func TestInheritedByRole(t *testing.T) {
	sc := small(t, "[protocol.role.manager.inherited]\n\"10/D12\" = true\n")
	modes := map[string]int{}
	for i := range sc.Nodes {
		modes[sc.Nodes[i].Role.String()+" "+string(sc.Protocol.Configs[sc.Nodes[i].Config].Swim.Timeout.LatencyMode)]++
	}
	if modes["manager off"] == 0 || modes["manager multiplier"] > 0 || modes["worker off"] > 0 {
		t.Errorf("modes %v", modes)
	}
}

func TestInheritedBroken(t *testing.T) {
	for text, want := range map[string]string{
		"[protocol]\nprofile = \"old\"\n":                       "protocol.profile",
		"[protocol.inherited]\n\"10/D1\" = true\n":              `protocol.inherited."10/D1"`,
		"[protocol.inherited]\n\"10/D4\" = 1\n":                 `protocol.inherited."10/D4"`,
		"[protocol.role.worker.worker]\nprobe = \"member\"\n":   "protocol.role.worker.worker.probe",
		"[protocol.role.worker.inherited]\n\"10/D33\" = true\n": `protocol.role.worker.inherited."10/D33"`,
	} {
		base, _ := bundle.ReadFile("partition.toml")
		_, err := Parse(string(base)+"\n"+text, "partition.toml", nil, Options{Alone: true})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
