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

// Against times two programs in turns, this one and another, on this machine: what a baseline of another processor cannot say.
// Both are paths of hypersim; each is run as a process of its own, so that neither finds a warmer heap. What seems slower is
// timed again after pauses, as in Compare, and the least of each counts. Both have to do the same: where a commit between them
// changes a piece of work, or the reference, the two numbers say nothing about each other.
func Against(ctx context.Context, this, other string, opt Options) (*Report, error) {
	r := &Report{Baseline: other, Build: opt.Build}
	dir, err := os.MkdirTemp("", "hypersim-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	d := duel{this: this, other: other, empty: filepath.Join(dir, "bench.json"), opt: &opt}
	if err := os.WriteFile(d.empty, []byte(nothing), 0o600); err != nil {
		return nil, err
	}
	for i, s := range speeds {
		if opt.wants(s.name) {
			row, err := d.row(ctx, s.name)
			if err != nil {
				return nil, err
			}
			r.add(row)
		}
		opt.tell(i+1, len(speeds), s.name)
	}
	return r, nil
}

// OtherError is that the other program did not do what it was asked for.
type OtherError struct{ err error }

// Error implements error.
func (e *OtherError) Error() string { return e.err.Error() }

// Unwrap implements errors.Is and errors.As.
func (e *OtherError) Unwrap() error { return e.err }

// nothing is a baseline that every version reads so far.
const nothing = `{"schema":1,"build":"","benches":[],"exact":[],"speeds":[]}`

// duel is two programs and what they are run with.
type duel struct {
	this, other, empty string
	opt                *Options
}

// unknown is how a program complains about a piece of work that it has not.
const unknown = "nothing of the suite is called so"

func (d *duel) row(ctx context.Context, name string) (Row, error) {
	row := Row{Bench: name, Value: timeOfEvent, Verdict: New, Repeat: fmt.Sprintf("hypersim bench --against %s --only %s", d.other, name)}
	least := [2]float64{math.Inf(1), math.Inf(1)}
	timed := 0
	for ; timed < turnsAgainst || timed < attempts && least[1] > least[0]*slower; timed++ {
		if timed >= turnsAgainst {
			d.opt.pause(ctx, timed)
		}
		for i, program := range [2]string{d.other, d.this} {
			x, err := d.timed(ctx, program, name)
			switch {
			case err != nil && i == 0 && strings.Contains(err.Error(), unknown):
				row.Why = d.other + " has no such piece of work"
				return row, nil
			case err != nil && i == 0 && ctx.Err() == nil:
				return Row{}, &OtherError{err}
			case err != nil:
				return Row{}, err
			}
			least[i], row.Unit = min(least[i], *x.Is), x.Unit
		}
	}
	row.Is = &least[1]
	row.judgeSpeed(least[0], timed, "")
	return row, nil
}

// timed lets a program time one piece of work, in a quick run.
func (d *duel) timed(ctx context.Context, program, name string) (*Row, error) {
	var out, complaint bytes.Buffer
	c := exec.CommandContext(ctx, program, "bench", "--quick", "--quiet", "--json", "--only", "^"+name+"$", "--baseline", d.empty)
	c.Stdout, c.Stderr = &out, &complaint
	if err := c.Run(); err != nil {
		return nil, errors.Join(ctx.Err(), fmt.Errorf("%s bench --only %s: %w: %s", program, name, err, strings.TrimSpace(complaint.String())))
	}
	var report Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return nil, fmt.Errorf("%s bench --json: this is no report of hypersim: %w", program, err)
	}
	for i := range report.Rows {
		if x := &report.Rows[i]; x.Bench == name && x.Is != nil && *x.Is > 0 {
			return x, nil
		}
	}
	return nil, fmt.Errorf("%s bench --only %s gave no time", program, name)
}
