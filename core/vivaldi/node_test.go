package vivaldi

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"hypersim/core"
)

func TestDefaultIsValidAndEveryKeyIsTagged(t *testing.T) {
	cfg := Default()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(cfg)) {
		key := f.Tag.Get("key")
		if key == "" || seen[key] || f.Tag.Get("doc") == "" {
			t.Errorf("%s: key %q missing, twice or undocumented", f.Name, key)
		}
		seen[key] = true
		if f.Type.Kind() != reflect.Bool && f.Tag.Get("range") == "" && f.Tag.Get("enum") == "" {
			t.Errorf("%s: neither range nor enum", f.Name)
		}
	}
}

func TestValidateReportsEverything(t *testing.T) {
	cfg := Default()
	cfg.Engine, cfg.Dimensions, cfg.LatencyFilter = "serff", 13, 6
	cfg.ErrorMin, cfg.SigmaMin, cfg.RTTMin = 2, time.Minute, time.Minute
	cfg.CoordTTL, cfg.RTTSampleMax = 2*time.Hour, 18*time.Second
	err := cfg.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"engine", "dimensions", "latency_filter", "error_initial", "sigma_min", "rtt_min", "coord_ttl", "rtt_sample_max"} {
		if !strings.Contains(err.Error(), "vivaldi."+key+" =") {
			t.Errorf("nothing about %s in\n%v", key, err)
		}
	}
}

func TestMemory(t *testing.T) {
	if have := reflect.TypeOf(Node{}).Size(); have != nodeBytes {
		t.Errorf("Node has %d bytes, nodeBytes says %d", have, nodeBytes)
	}
	if have := 4*recordWords(8, 3) + 4; have != 80 { // 4 bytes of links
		t.Errorf("%d bytes per peer, want 80", have)
	}
	n := node(t, nil)
	empty := n.MemoryBytes()
	for id := range core.NodeID(512) {
		n.Slot(0, 0, id)
	}
	if per := float64(n.MemoryBytes()-empty) / 512; per > 85 {
		t.Errorf("%.2f bytes per peer with everything", per)
	}
	t.Logf("node %d bytes, %d with 512 peers", empty, n.MemoryBytes())
}

func TestDisabledDoesNothing(t *testing.T) {
	n := node(t, func(c *Config) { c.Enabled = false })
	slot, evicted := n.Slot(0, 0, 3)
	var c core.Coord
	n.Coord(&c)
	if slot != 0 || evicted != core.NoNode || c.Dims != 0 || n.Heard(slot, 0, coordOf(&peerP, 8)) ||
		n.Sample(slot, 0, time.Second) != (Result{}) || n.PeerCount() != 0 {
		t.Error("a node without coordinates acted")
	}
	if _, known := n.RTTUCBms(slot, 0, SourceMeasured); known {
		t.Error("known")
	}
	if _, known := n.Quality(slot, 0); known {
		t.Error("known")
	}
	n.Forget(slot)
}

func TestForeignSlotPanics(t *testing.T) {
	n := node(t, nil)
	slot, _ := n.Slot(0, 0, 3)
	defer func() {
		if recover() == nil {
			t.Error("a slot of another peer was accepted")
		}
	}()
	n.Slot(0, slot, 4)
}

func TestRestart(t *testing.T) {
	n, _ := warm(t, "serf")
	var before, after core.Coord
	n.Coord(&before)
	n.Restart(true)
	n.Coord(&after)
	if before != after || n.PeerCount() != 0 || n.Samples() != 1 {
		t.Error("kept state must keep the coordinate and no peer")
	}
	n.Restart(false)
	n.Coord(&after)
	if fresh := node(t, nil); after != fresh.wire || n.Samples() != 0 {
		t.Error("without state the node is fresh")
	}
	if slot, _ := n.Slot(0, 0, 9); slot != 1 {
		t.Errorf("first slot %d", slot)
	}
}

// TestQualityByAge: a fresh sample gives 1 whatever the coordinate, then the coordinate decays with age
// (spec 40 C4: at 600 s the half).
func TestQualityByAge(t *testing.T) {
	n, slot := warm(t, "serf")
	for _, v := range []struct {
		at   core.Instant
		want float64
	}{{0, 1}, {300e9, 1}, {600e9, 0.5}, {1200e9, 0.25}} {
		q, known := n.Quality(slot, v.at)
		if !known {
			t.Fatal("unknown")
		}
		near(t, v.at.String(), q, v.want, 1e-5) // ages are kept to a millisecond
	}
	if _, known := n.FilteredRTT(slot, 301e9); known {
		t.Error("an expired sample counts")
	}
	measured, _ := n.RTTUCBms(slot, 300e9, SourceMeasured)
	coordinate, _ := n.RTTUCBms(slot, 300e9, SourceCoordinate)
	later, _ := n.RTTUCBms(slot, 301e9, SourceMeasured)
	if measured != 102 || later != coordinate {
		t.Errorf("measured %v, coordinate %v, later %v", measured, coordinate, later)
	}
}

// TestClockSetBack: a local clock may be stepped; nothing may underflow.
func TestClockSetBack(t *testing.T) {
	n := node(t, nil)
	slot, _ := n.Slot(0, 0, 1)
	n.Heard(slot, 1000e9, coordOf(&peerP, 8))
	n.Sample(slot, 1000e9, time.Millisecond)
	n.Sample(slot, -50e9, 3*time.Millisecond)
	n.Sample(slot, -49e9, 2*time.Millisecond)
	if rtt, known := n.FilteredRTT(slot, -49e9); !known || rtt != 2*time.Millisecond {
		t.Errorf("filtered %v %v", rtt, known)
	}
	if q, known := n.Quality(slot, -49e9); !known || q != 1 {
		t.Errorf("quality %v", q)
	}
}

func TestValidateFindsDamage(t *testing.T) {
	for name, damage := range map[string]func(*Node){
		"component":  func(n *Node) { n.self.vec[1] = 11 },
		"height":     func(n *Node) { n.self.height = 0 },
		"error":      func(n *Node) { n.self.err = 2 },
		"error_ms":   func(n *Node) { n.self.errMS = -1 },
		"updated":    func(n *Node) { n.updated = 9 },
		"adjustment": func(n *Node) { n.self.adj = float64(nan) },
		"listed":     func(n *Node) { n.count = 3 },
	} {
		n, _ := warm(t, "serf")
		if bad := n.Validate(0); bad != nil {
			t.Fatal(bad)
		}
		damage(n)
		if bad := n.Validate(0); len(bad) != 1 || !strings.Contains(bad[0], name) {
			t.Errorf("%s: %v", name, bad)
		}
	}
}
