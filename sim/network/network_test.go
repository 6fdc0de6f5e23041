package network

import (
	"strings"
	"testing"
	"unsafe"

	"hypersim/core"
)

func TestANodeIsOneCacheLine(t *testing.T) {
	if have := unsafe.Sizeof(node{}); have != 64 {
		t.Errorf("a node takes %d bytes, want 64", have)
	}
}

func TestMatrixAndClasses(t *testing.T) {
	c := Config{
		Site: []uint16{0, 0, 1, 2}, Sites: 3, Stream: DefaultStream(),
		Base:  []core.Duration{1e6, 2e6, 3e6, 4e6, 5e6, 6e6, 7e6, 8e6, 9e6},
		Intra: Link{MTU: 1}, Inter: Link{MTU: 2},
		Links: []SiteLink{{From: 0, To: 1, Link: Link{MTU: 3}}, {From: 1, To: 1, Link: Link{MTU: 4}}, {From: 0, To: 1, Link: Link{MTU: 5}}},
	}
	n := must(New(c, 1))
	for _, w := range []struct {
		from, to core.NodeID
		base     core.Duration
		mtu      int
	}{{0, 1, 1e6, 1}, {0, 2, 2e6, 5}, {2, 0, 4e6, 2}, {2, 2, 5e6, 4}, {3, 1, 7e6, 2}} {
		if have := n.Base(w.from, w.to); have != w.base {
			t.Errorf("%d→%d: base %v, want %v", w.from, w.to, have, w.base)
		}
		if have := n.link(n.where[w.from].site, n.where[w.to].site).mtu; have != w.mtu {
			t.Errorf("%d→%d: link with mtu %d, want %d", w.from, w.to, have, w.mtu)
		}
	}

	c.PerNode = true
	c.Base = make([]core.Duration, 16)
	c.Base[1], c.Base[4] = 11, 12
	n = must(New(c, 1))
	if n.Base(0, 1) != 11 || n.Base(1, 0) != 12 || n.link(0, 0).mtu != 1 {
		t.Error("a matrix per node is not by node, or changes the class of a link")
	}
	if f := send(n, 0, 2, 3, 1); f.At != 1 || f.Min != 1 {
		t.Errorf("base 0: %+v, want 1 ns", f)
	}
}

func TestBadConfigs(t *testing.T) {
	for want, spoil := range map[string]func(*Config){
		"no nodes":            func(c *Config) { c.Site = nil },
		"node 1 is at site 9": func(c *Config) { c.Site[1] = 9 },
		"want 2×2":            func(c *Config) { c.Base = c.Base[1:] },
		"base delay 0→1":      func(c *Config) { c.Base[1] = -1 },
		"intra: duplicate":    func(c *Config) { c.Intra.Duplicate = 1.5 },
		"inter: loss.p_gb":    func(c *Config) { c.Inter.Loss.PGB = -1 },
		"link 0→7":            func(c *Config) { c.Links = []SiteLink{{From: 0, To: 7}} },
		"drift 0: length":     func(c *Config) { c.Inter.Drifts = []Drift{{Kind: DriftSine}} },
		"stream: timeouts":    func(c *Config) { c.Stream.RTOMin = 0 },
		"egress of 1 nodes":   func(c *Config) { c.Egress = make([]Egress, 1) },
	} {
		c := uniformSites(2, 2, 250e3, 50e6)
		spoil(&c)
		if _, err := New(c, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want an error with %q", err, want)
		}
	}
}
