package validate

import (
	"fmt"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/network"
	"hypersim/sim/trace"
	"hypersim/sim/world"
)

// sinkFunc is a trace sink without state of its own.
type sinkFunc func(r *trace.Record)

func (f sinkFunc) Record(r *trace.Record) { f(r) }

// jobSink is one for records about jobs.
type jobSink func(r *trace.JobRecord)

func (jobSink) Record(*trace.Record) {}

func (f jobSink) RecordJob(r *trace.JobRecord) { f(r) }

// load returns a scenario of runs/; sets are as after --set.
func load(file string, seed uint64, sets ...string) *scenarios.Scenario {
	text, err := files.ReadFile("runs/" + file + ".toml")
	check(err)
	sc, err := scenarios.Parse(string(text), file+".toml", sets, scenarios.Options{Seed: &seed, Alone: true})
	check(err)
	return sc
}

// build makes a world of such a scenario.
func build(file string, seed uint64, sink sinkFunc, sets ...string) *world.World {
	w, err := world.Build(load(file, seed, sets...), world.Options{Sinks: []trace.Sink{sink}})
	check(err)
	return w
}

// lan makes the lan world with n members.
func lan(n int, seed uint64, seconds int, sink sinkFunc, sets ...string) *world.World {
	return build("lan", seed, sink, lanCell("", n, seconds, sets...).Sets...)
}

// lanCell is a group of n for so long.
func lanCell(id string, n, seconds int, sets ...string) Cell {
	return Cell{ID: id, Sets: append([]string{fmt.Sprintf("cluster.size=%d", n), fmt.Sprintf("scenario.duration=%ds", seconds)}, sets...)}
}

// finish runs w to its end.
func finish(w *world.World) {
	w.Run(w.End())
	check(w.Err())
}

// at is an instant in seconds.
func at(seconds float64) core.Instant { return core.Instant(seconds * 1e9) }

// lossy sets independent loss per datagram.
func lossy(p float64) []string {
	return []string{"network.intra.loss.model=bernoulli", fmt.Sprintf("network.intra.loss.p=%g", p)}
}

// loseFromNow adds independent loss on all links.
func loseFromNow(w *world.World, p float64) {
	if p == 0 {
		return
	}
	id, err := w.Network().AddOverlay(network.Overlay{ID: 1, Loss: p})
	check(err)
	w.Network().SetOverlay(id, true, w.Now())
}

// moved reports whether r is a change of a record to another state.
func moved(r *trace.Record) bool {
	return r.Kind == trace.KindFact && r.Fact.Kind == core.FactTransition && r.Fact.From != r.Fact.To
}

// lanRole is what the members of the lan world are; in a flat group it says nothing.
const lanRole = core.RoleWorker
