package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// turnsAgainst is how often each of two programs is timed at least.
const turnsAgainst = 3

// Against times two programs in turns, this one and another of the same suite, on this machine: what a baseline of another
// processor cannot say. Both are paths of hypersim; each is run as a process of its own, so that neither finds a warmer heap.
// What seems slower is timed again after pauses, as in Compare, and the least of each counts.
func Against(ctx context.Context, this, other string, opt Options) (*Report, error) {
	r := &Report{Baseline: other, Build: opt.Build}
	dir, err := os.MkdirTemp("", "hypersim-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // it holds an empty baseline, for another program could know another form
	empty := filepath.Join(dir, "bench.json")
	if err := os.WriteFile(empty, []byte(`{"schema":1,"build":"","benches":[],"exact":[],"speeds":[]}`), 0o600); err != nil {
		return nil, err
	}
	var names []string
	for _, s := range speeds {
		if opt.wants(s.name) {
			names = append(names, s.name)
		}
	}
	for i, name := range names {
		row := Row{Bench: name, Value: timeOfEvent, Repeat: fmt.Sprintf("hypersim bench --against %s --only %s", other, name)}
		was, is := Value{Value: math.Inf(1)}, Value{Value: math.Inf(1)}
		timed := 0
		for ; timed < turnsAgainst || timed < attempts && is.Value > was.Value*slower; timed++ {
			if timed >= turnsAgainst {
				opt.pause(timed)
			}
			for _, x := range []struct {
				program string
				least   *Value
			}{{other, &was}, {this, &is}} {
				v, err := timedBy(ctx, x.program, name, empty)
				if err != nil {
					return nil, err
				}
				v.Value = min(v.Value, x.least.Value)
				*x.least = v
			}
		}
		row.Is, row.Unit = &is.Value, is.Unit
		row.judgeSpeed(was.Value, timed)
		r.add(row)
		opt.tell(i+1, len(names), name)
	}
	return r, nil
}

// timedBy lets a program time one piece of work, in a quick run.
func timedBy(ctx context.Context, program, name, baseline string) (Value, error) {
	var out, complaint bytes.Buffer
	c := exec.CommandContext(ctx, program, "bench", "--quick", "--quiet", "--json", "--only", "^"+name+"$", "--baseline", baseline)
	c.Stdout, c.Stderr = &out, &complaint
	if err := c.Run(); err != nil {
		return Value{}, errors.Join(ctx.Err(), fmt.Errorf("%s bench --only %s: %w: %s", program, name, err, strings.TrimSpace(complaint.String())))
	}
	var report struct {
		Rows []Row `json:"rows"`
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return Value{}, fmt.Errorf("%s bench --json: %w", program, err)
	}
	for i := range report.Rows {
		if x := &report.Rows[i]; x.Bench == name && x.Is != nil && *x.Is > 0 {
			return Value{Name: name, Value: *x.Is, Unit: x.Unit}, nil
		}
	}
	return Value{}, fmt.Errorf("%s bench --only %s gave no time: it is no hypersim, or one of another suite", program, name)
}
