package runner

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"hypersim/analysis/account"
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/scenarios"
	"hypersim/sim/check"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
	"hypersim/sim/world"
)

// InternalError is a bug of ours, met at an instant of a run.
type InternalError struct {
	Scenario string
	Seed     uint64
	At       core.Instant
	Cause    any
	Stack    string
}

func (e *InternalError) Error() string {
	return fmt.Sprintf("internal error in scenario %s, seed %d, at virtual time %v: %v", e.Scenario, e.Seed, e.At, e.Cause)
}

// Function is where the program gave up: the function that panicked, its package included, "" if the stack does not tell.
func (e *InternalError) Function() string {
	_, stack, found := strings.Cut(e.Stack, "\npanic(")
	for more := true; more; { // who panics while another panic goes up tells of that one
		var deeper string
		if _, deeper, more = strings.Cut(stack, "\npanic("); more {
			stack = deeper
		}
	}
	if !found {
		return ""
	}
	for line := range strings.Lines(stack) {
		line = strings.TrimSpace(line)
		end := strings.LastIndexByte(line, '(')
		if end > 0 && strings.HasPrefix(line, "hypersim/") {
			return line[:end]
		}
	}
	return ""
}

// run is one run in progress.
type run struct {
	opt     *Options
	folder  *Folder
	world   *world.World
	rec     *metrics.Recorder
	trace   *traceSink
	checks  *checks
	memory  *memoryGuard
	began   time.Time
	alone   bool // in the process
	resting bool // as it was when it was asked last
	res     Result
}

// Run carries out the run and leaves its folder. When ctx ends, the run stops, and its folder, marked
// incomplete, holds what was measured so far. An error of type UsageError means that nothing was done, any
// other that the run failed and left nothing.
func Run(ctx context.Context, opt Options) (*Result, error) {
	if opt.Dir == "" {
		opt.Dir = Default(opt.Scenario)
	}
	if err := Check(opt.Dir, opt.Force); err != nil {
		return nil, err
	}
	r := &run{opt: &opt, memory: processMemory(), began: time.Now(), alone: true, res: Result{Scenario: opt.Scenario, Dir: opt.Dir}}
	return r.carryOut(ctx)
}

// carryOut fills the folder, or leaves none.
func (r *run) carryOut(ctx context.Context) (_ *Result, err error) {
	if r.folder, err = runKind.Open(r.opt.Dir); err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = r.internal(p)
			r.abandonTrace()
		}
		if err != nil {
			err = errors.Join(err, r.folder.Discard())
		}
	}()
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	return &r.res, nil
}

func (r *run) internal(cause any) error {
	e := &InternalError{Scenario: r.opt.Scenario.Name, Seed: r.opt.Scenario.Seed, Cause: cause, Stack: string(debug.Stack())}
	if r.world != nil {
		e.At = r.world.Now()
	}
	return e
}

func (r *run) run(ctx context.Context) error {
	if err := r.build(); err != nil {
		return err
	}
	start := time.Now()
	if err := r.loop(ctx, start); err != nil {
		r.abandonTrace()
		return err
	}
	r.world.Finish()
	wall := time.Since(start)
	if err := r.closeTrace(); err != nil {
		return err
	}
	r.collect()
	if err := r.write(); err != nil {
		return fmt.Errorf("write run folder: %w", err)
	}
	return r.finish(wall)
}

// build makes the world and those who listen to it.
func (r *run) build() (err error) {
	sc := r.opt.Scenario
	plan := scenarios.Describe(sc)
	if sc.Budget.Memory > 0 && plan.Tables() > sc.Budget.Memory {
		return usage("%s: scenario.budget.memory is %d bytes, and the membership tables alone need %d; raise it or choose fewer nodes", sc.File, sc.Budget.Memory, plan.Tables())
	}
	if err := r.memory.room("building the world", uint64(plan.Tables())); err != nil {
		return err
	}
	r.checks = newChecks(sc, func() *world.World { return r.world })
	opt := world.Options{Small: r.opt.Small, Sinks: append(r.checks.sinks(), r.opt.Sinks...)}
	if !r.opt.Bare {
		r.measure(&opt)
	}
	if r.opt.Fault != nil {
		opt.Sinks = append(opt.Sinks, faultSink{r.opt})
	}
	if r.opt.Trace || sc.Report.KeepTrace {
		if r.trace, err = createTrace(r.folder.path(TraceName), sc); err != nil {
			return err
		}
		opt.Sinks = append(opt.Sinks, r.trace)
	}
	r.world, err = world.Build(sc, opt)
	if err != nil {
		r.abandonTrace()
		return usage("%s: %v", sc.File, err)
	}
	return nil
}

// measure makes the recorder, which follows the jobs that somebody asked for and those that a violation names.
func (r *run) measure(opt *world.Options) {
	r.rec = metrics.New(measured(r.opt.Scenario, func() *world.World { return r.world }))
	for _, id := range r.opt.Scenario.Report.Jobs {
		r.rec.Follow(uint64(id))
	}
	r.checks.OnFirst = func(v check.Violation) {
		for _, id := range job.Named(v.What) {
			r.rec.Follow(uint64(id))
		}
	}
	opt.Sinks = append([]trace.Sink{r.rec}, opt.Sinks...)
	opt.Sampler, opt.Witness = sampler{r}, r.rec
}

// sampler lets the recorder read the machines.
type sampler struct{ *run }

func (s sampler) Sample(now core.Instant) { s.rec.Sample(now, s.world) }

// faultSink tells a person when faults begin and end.
type faultSink struct{ opt *Options }

func (f faultSink) Record(r *trace.Record) {
	if r.Kind == trace.KindFaultStart || r.Kind == trace.KindFaultEnd {
		f.opt.Fault(r.At, f.opt.Scenario.Faults[r.Fault].ID, r.Kind == trace.KindFaultStart)
	}
}

func (r *run) closeTrace() error {
	if r.trace == nil {
		return nil
	}
	t := r.trace
	r.trace = nil
	r.res.Performance.TraceRecords = t.records
	return t.close()
}

// abandonTrace lets go of a trace that nobody will read.
func (r *run) abandonTrace() {
	if r.trace != nil {
		_ = r.trace.close() // the run has failed already
		r.trace = nil
	}
}

// slice is how much virtual time passes before the world is asked how it is and we look up. How time is
// sliced changes nothing in a run.
const slice = 100 * time.Millisecond

// loop lets virtual time pass until the end, or until there is a reason to stop, which it leaves in res.
func (r *run) loop(ctx context.Context, start time.Time) error {
	end, told := r.world.End(), time.Time{}
	for now := core.Instant(0); now < end; {
		now = min(now.Add(slice), end)
		if !r.pass(ctx, start, r.world, now) {
			return nil
		}
		if err := r.world.Err(); err != nil {
			return err
		}
		if r.trace != nil && r.trace.err != nil {
			return r.trace.err
		}
		if err := r.memory.check(time.Now()); err != nil {
			return fmt.Errorf("%w (at virtual time %v)", err, time.Duration(now))
		}
		if now < end {
			if why := r.why(ctx, start); why != "" {
				r.res.Stopped = why + " at virtual time " + time.Duration(now).String()
				return nil
			}
			if r.opt.Until > 0 && now >= r.opt.Until {
				r.res.Stopped = "given up at virtual time " + time.Duration(now).String()
				return nil
			}
			if r.atRest(now) {
				return nil
			}
		}
		if wall := time.Now(); r.opt.Progress != nil && (wall.Sub(told) > 100*time.Millisecond || now == end) {
			told = wall
			r.opt.Progress(Progress{Now: now, End: end, Events: r.world.Events(), Wall: wall.Sub(start)})
		}
	}
	return nil
}

// clock is a world as far as it lets time pass.
type clock interface {
	Advance(until core.Instant) (done bool)
	Now() core.Instant
}

// pass lets virtual time pass until an instant, and reports whether it did. A run is stopped also where so much happens at one
// instant that time seems to stand.
func (r *run) pass(ctx context.Context, start time.Time, w clock, until core.Instant) bool {
	for !w.Advance(until) {
		if why := r.why(ctx, start); why != "" {
			r.res.Stopped = why + " at virtual time " + time.Duration(w.Now()).String()
			return false
		}
	}
	return true
}

// look is how far apart in virtual time a run is asked whether it is at rest. It has come to rest when it is twice in a row.
const look = 10 * time.Second

func (r *run) atRest(now core.Instant) bool {
	sc := r.opt.Scenario
	if sc.Rest == 0 || now%core.Instant(look) != 0 || now < core.Instant(sc.Duration-sc.Settle) {
		return false
	}
	before := r.resting
	r.resting = r.checks.AtRest(now, sc.Rest)
	return before && r.resting
}

// why returns the reason to stop now, or "".
func (r *run) why(ctx context.Context, start time.Time) string {
	budget := &r.opt.Scenario.Budget
	switch {
	case ctx.Err() != nil:
		r.res.Interrupted = true
		return "interrupted"
	case r.opt.FailFast && r.checks.failed():
		return "stopped by the first broken invariant"
	case budget.Events > 0 && r.world.Events() > budget.Events:
		return fmt.Sprintf("stopped by its budget of %d events", budget.Events)
	case budget.Wall > 0 && time.Since(start) > budget.Wall:
		return fmt.Sprintf("stopped by its budget of %v wall time", budget.Wall)
	case budget.Memory > 0 && r.held() > budget.Memory:
		return fmt.Sprintf("stopped by its budget of %d bytes of memory", budget.Memory)
	}
	return ""
}

// held is the memory that the run takes: of one that has the process for itself what the process has from the
// system, of one among several what its tables hold.
func (r *run) held() int64 {
	if r.alone {
		return heldMemory()
	}
	return r.world.MemoryBytes()
}

// collect draws the conclusions.
func (r *run) collect() {
	r.tell("judging")
	sc, res := r.opt.Scenario, &r.res
	res.Digest, res.Events, res.Virtual = fmt.Sprintf("%016x", r.world.Digest()), r.world.Events(), r.world.Now()
	res.Violations = r.checks.violations()
	res.Exceeded, res.Spared = r.checks.times(), r.checks.spared()
	if r.rec == nil {
		return
	}
	res.Metrics = r.rec.Result()
	res.Account = account.Of(res.Metrics)
	res.Verdicts = judged(sc, res.Metrics, res.Stopped)
	res.Warnings = append(slices.Clone(sc.Warnings), r.checks.warnings()...)
	if res.Stopped == "" {
		res.Warnings = append(res.Warnings, r.world.Missed()...)
	}
	for _, b := range res.Metrics.Blocked {
		res.Warnings = append(res.Warnings, fmt.Sprintf("%s answered over streams only, %d probes in a row from %.3f s to %.3f s: its datagrams are blocked",
			sc.Nodes[b.Subject].Name, b.Probes, b.Since.Seconds(), b.Last.Seconds()))
	}
	for _, m := range words.All() {
		if n := res.Metrics.Truncated[m]; n > 0 {
			res.Warnings = append(res.Warnings, fmt.Sprintf("%v: %d observations more than can be kept", m, n))
		}
	}
	if n := res.Metrics.TruncatedRows; n > 0 {
		res.Warnings = append(res.Warnings, fmt.Sprintf("%d rows of result files more than can be kept", n))
	}
}

func (r *run) tell(phase string) {
	if r.opt.Progress != nil {
		r.opt.Progress(Progress{Now: r.world.Now(), End: r.world.End(), Events: r.world.Events(), Wall: time.Since(r.began), Phase: phase})
	}
}

// write fills the folder with everything that is the same in every process.
func (r *run) write() error {
	r.tell("writing")
	res, tables := &r.res, r.res.Metrics.Tables()
	for i := range res.Violations {
		v := &res.Violations[i]
		tables.Violations = append(tables.Violations, metrics.ViolationRow{
			At: v.At, Invariant: v.Invariant, Nodes: strings.Join(v.Nodes, " "), What: v.text(),
		})
	}
	for i := range res.Verdicts {
		tables.Summary = append(tables.Summary, res.Verdicts[i].Row())
	}
	tables.Summary = append(tables.Summary, res.Metrics.Summaries()...)
	if _, err := metrics.WriteDir(r.folder.Work, only(r.opt.Scenario.Report.CSV, tables)); err != nil {
		return err
	}
	manifest := newManifest(res, r.opt.Build)
	if err := writeFile(r.folder.path(manifestName), indented(manifest)); err != nil {
		return err
	}
	if r.opt.Plots {
		if err := r.roomToDraw(); err != nil {
			res.Warnings = append(res.Warnings, fmt.Sprintf("pictures are not drawn: %v", err))
			return r.report()
		}
		r.tell("drawing")
		if err := r.draw(tables); err != nil {
			return err
		}
	}
	return r.report()
}

// roomToDraw returns an error if pictures would take more memory than there is, or than the run may have: what was measured
// is worth more than they are.
func (r *run) roomToDraw() error {
	if most := r.opt.Scenario.Budget.Memory; most > 0 && r.held()+memoryPictures > most {
		return fmt.Errorf("they take about %d MiB, %d are in use, and scenario.budget.memory is %d MiB", memoryPictures>>20, r.held()>>20, most>>20)
	}
	return r.memory.room("drawing", memoryPictures)
}

// only keeps the tables that the scenario asks for, by the name of their file without ".csv"; violations
// and the summary are always written. An empty list asks for all.
func only(names []string, t *metrics.Tables) *metrics.Tables {
	if len(names) == 0 {
		return t
	}
	out := &metrics.Tables{Violations: t.Violations, Summary: t.Summary}
	for _, name := range names {
		switch name {
		case "timeseries":
			out.Time = t.Time
		case "detections":
			out.Detections = t.Detections
		case "membership":
			out.Membership = t.Membership
		case "coordinates":
			out.Coordinates = t.Coordinates
		case "messages":
			out.Messages = t.Messages
		case "faults":
			out.Faults = t.Faults
		case "jobs":
			out.Jobs = t.Jobs
		case "workflows":
			out.Runs = t.Runs
		case "job_events":
			out.Events = t.Events
		case "timeouts":
			out.Timeouts = t.Timeouts
		case "routing":
			out.Routes, out.Candidates = t.Routes, t.Candidates
		}
	}
	return out
}

// finish writes what the machine did to the run's cost, and puts the folder in its place.
func (r *run) finish(wall time.Duration) error {
	p := &r.res.Performance
	p.measure(r.world, wall, time.Since(r.began))
	p.Codec, p.Trace = r.opt.Scenario.Network.Codec, r.opt.Trace || r.opt.Scenario.Report.KeepTrace
	p.Started = r.began.UTC().Format(time.RFC3339)
	if err := writeFile(r.folder.path("performance.json"), indented(p)); err != nil {
		return fmt.Errorf("write run folder: %w", err)
	}
	files, err := r.folder.Publish(r.opt.Force, r.res.Stopped)
	if err != nil {
		return fmt.Errorf("finish run folder: %w", err)
	}
	r.res.Files = files
	for _, f := range files {
		if strings.HasPrefix(f, "plots/") {
			r.res.Plots = append(r.res.Plots, f)
		}
	}
	return nil
}
