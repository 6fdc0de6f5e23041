package node

import (
	"reflect"
	"strings"
	"testing"
)

// Each mechanism that a configuration lists has its defaults, and they fit together.
func TestDefault(t *testing.T) {
	c := Default()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	v := reflect.ValueOf(&c).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("%s has no defaults", v.Type().Field(i).Name)
		}
	}
}

// What is wrong is told at once, whatever mechanism it is in, and each by its whole key.
func TestValidateReportsEverything(t *testing.T) {
	c := Default()
	c.Swim.Suspicion.Min = c.Swim.Suspicion.Max + 1
	c.Vivaldi.Dimensions = 99
	c.Federated.Probe.Silence = c.Federated.Probe.Interval
	c.Hier.Job.Min = c.Hier.Job.Max + 1
	err := c.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"suspicion.", "vivaldi.dimensions = 99", "federated.silence = 2s", "job.min = "} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("nothing about %s in\n%v", key, err)
		}
	}
}
