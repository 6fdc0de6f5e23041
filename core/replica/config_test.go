package replica

import (
	"strings"
	"testing"
	"time"
)

func TestDefaultsFitTogether(t *testing.T) {
	c := Default()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

// Each relation between keys is reported, with its key, by itself and with all others.
func TestValidateReportsEverything(t *testing.T) {
	breaks := []struct {
		key  string
		with func(c *Config)
	}{
		{"lease.sync_interval", func(c *Config) { c.Lease.Interval = 11 * time.Second }},
		{"lease.margin", func(c *Config) { c.Lease.Margin = 30 * time.Second }},
		{"lease.claim_hold", func(c *Config) { c.Lease.Hold = 6 * time.Second }},
		{"lease.resync_holdoff", func(c *Config) { c.Lease.Retries = 3 }},
		{"lease.retry_min", func(c *Config) { c.Lease.PauseMin = 3 * time.Second }},
		{"lease.takeover_jitter_min", func(c *Config) { c.Lease.SpaceMin = time.Second }},
	}
	all := Default()
	for _, b := range breaks {
		one := Default()
		b.with(&one)
		b.with(&all)
		if err := one.Validate(); err == nil || !strings.HasPrefix(err.Error(), b.key+" = ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", b.key, err)
		}
	}
	err := all.Validate()
	for _, b := range breaks {
		if err == nil || !strings.Contains(err.Error(), b.key+" = ") {
			t.Errorf("%s is not among %v", b.key, err)
		}
	}
}
