package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hypersim/topologies/input"
)

// schema is the version of the baseline's form.
const schema = 1

// Result is what the suite gave; as a file, the baseline.
type Result struct {
	Schema  int       `json:"schema"`
	Build   string    `json:"build"` // of the program
	Benches []Outcome `json:"benches"`
	Exact   []Value   `json:"exact"`
	Speeds  []Value   `json:"speeds"`
}

// Outcome is what one bench gave.
type Outcome struct {
	Scenario string `json:"scenario"`
	Identity string `json:"identity"` // of all that its runs follow from, but seed and program
	Runs     []Run  `json:"runs"`     // by seed
}

// Run is one run of a bench.
type Run struct {
	Seed     uint64              `json:"seed"`
	Digest   string              `json:"digest"`
	Events   uint64              `json:"events"`
	Measured map[string]Measured `json:"measured"`         // by the id of the expectation
	Broken   string              `json:"broken,omitempty"` // the first invariant that did not hold, or why the run was stopped
}

// Measured is a value with its unit; nil is none, for there was nothing to take it from.
type Measured struct {
	Value *float64 `json:"value"`
	Unit  string   `json:"unit"`
}

// Value is a number of the program: exact ones follow from it alone, speeds are ratios to the reference on one processor.
type Value struct {
	Name      string  `json:"name"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	Processor string  `json:"processor,omitempty"` // of a speed
}

// largest is what a baseline may have in bytes: some hundred times as much as the suite gives.
const largest = 16 << 20

// ReadBaseline reads a baseline.
func ReadBaseline(path string) (*Result, error) {
	text, err := input.ReadFile(path, largest)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	r := new(Result)
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: no baseline of hypersim bench: %w", path, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: something follows the baseline", path)
	}
	if r.Schema != schema {
		return nil, fmt.Errorf("%s: schema = %d: this program reads %d; hypersim bench --update writes it anew", path, r.Schema, schema)
	}
	return r, r.whole(path)
}

// whole reports what a baseline lacks.
func (r *Result) whole(path string) error {
	var bad []error
	seen := map[string]bool{}
	for i := range r.Benches {
		o := &r.Benches[i]
		if seen[o.Scenario] {
			bad = append(bad, fmt.Errorf("%s: benches[%d]: %s is there twice", path, i, o.Scenario))
		}
		seen[o.Scenario] = true
		for k := range o.Runs {
			if len(o.Runs[k].Digest) != 16 {
				bad = append(bad, fmt.Errorf("%s: benches[%d].runs[%d].digest = %q: must be 16 hexadecimal digits", path, i, k, o.Runs[k].Digest))
			}
		}
	}
	timed := map[[2]string]bool{}
	for i := range r.Speeds {
		v := &r.Speeds[i]
		if key := [2]string{v.Name, v.Processor}; timed[key] {
			bad = append(bad, fmt.Errorf("%s: speeds[%d]: %s is there twice of one processor", path, i, v.Name))
		} else {
			timed[key] = true
		}
	}
	return errors.Join(bad...)
}

// Encode writes the baseline.
func (r *Result) Encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(r)
}

func (r *Result) outcome(scenario string) *Outcome {
	for i := range r.Benches {
		if r.Benches[i].Scenario == scenario {
			return &r.Benches[i]
		}
	}
	return nil
}

func (o *Outcome) run(seed uint64) *Run {
	for i := range o.Runs {
		if o.Runs[i].Seed == seed {
			return &o.Runs[i]
		}
	}
	return nil
}

func find(list []Value, name string) *Value {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// findHere returns the value of that name that this processor gave; nil where processors have no names.
func findHere(list []Value, name string) *Value {
	for i := range list {
		if v := &list[i]; v.Name == name && v.here() {
			return v
		}
	}
	return nil
}

// here reports whether v is a time of this processor.
func (v *Value) here() bool { return v.Processor != "" && v.Processor == processor() }

// Broken names the runs that break an invariant, or did not come to their end, and says why.
func (r *Result) Broken() (list []string) {
	for i := range r.Benches {
		o := &r.Benches[i]
		for k := range o.Runs {
			if x := &o.Runs[k]; x.Broken != "" {
				list = append(list, fmt.Sprintf("%s, seed %d: %s", o.Scenario, x.Seed, x.Broken))
				break // one of a scenario says enough
			}
		}
	}
	return list
}

// Keep takes over from was, the baseline before, the speeds of other processors, as far as the suite still has them. They go
// where one of this processor has moved, by as much as is told: a baseline is written because that is meant, and theirs will have
// moved as well. It returns how many went.
func (r *Result) Keep(was *Result) (gone int) {
	var others []Value
	moved := false
	for i := range was.Speeds {
		v := &was.Speeds[i]
		now := find(r.Speeds, v.Name)
		switch {
		case now == nil || v.Processor == "":
		case !v.here():
			others = append(others, *v)
		case now.Value > v.Value*slower || now.Value < v.Value/slower:
			moved = true
		}
	}
	if moved {
		return len(others)
	}
	r.Speeds = append(r.Speeds, others...)
	return 0
}
