package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"hypersim/scenarios"
)

// Measure carries out the run and returns what was measured; it writes nothing: Dir, Force, Plots and Trace
// mean nothing to it, and it keeps no trace whatever the scenario says. When ctx ends, the run stops and its
// result says so. Independent runs may go on at once in several goroutines.
func Measure(ctx context.Context, opt Options) (_ *Result, err error) {
	sc := *opt.Scenario
	sc.Report.KeepTrace, opt.Trace = false, false
	opt.Scenario = &sc
	r := &run{opt: &opt, memory: processMemory(), began: time.Now(), res: Result{Scenario: &sc}}
	defer func() {
		if p := recover(); p != nil {
			err = r.internal(p)
		}
	}()
	if err := r.build(); err != nil {
		return nil, err
	}
	start := time.Now()
	if err := r.loop(ctx, start); err != nil {
		return nil, err
	}
	r.world.Finish()
	wall := time.Since(start)
	r.collect()
	r.res.Performance.measure(r.world, wall, time.Since(r.began))
	return &r.res, nil
}

// Identity is a hash of everything but the seed and the program that a run's results and verdicts follow from: the
// resolved configuration, and the contents of the files that it names.
func Identity(sc *scenarios.Scenario) string {
	_, hash := resolved(sc)
	return identity(sc, hash)
}

// RunIdentity is a hash of everything but the seed and the program that decides what happens in a run. What is said of it,
// how it is judged and what is drawn are no part of it.
func RunIdentity(sc *scenarios.Scenario) string {
	tree := configuration(sc)
	for _, key := range []string{"expect", "compare"} {
		delete(tree, key)
	}
	for _, x := range []struct {
		table string
		keys  []string
	}{{"report", []string{"csv", "plot"}}, {"scenario", []string{"title", "description", "covers", "tags"}}} {
		if t, ok := tree[x.table].(map[string]any); ok {
			for _, key := range x.keys {
				delete(t, key)
			}
		}
	}
	sum := sha256.Sum256(indented(tree))
	return identity(sc, hex.EncodeToString(sum[:]))
}

func identity(sc *scenarios.Scenario, config string) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n%s\n%s\n", sc.Name, config, delays(sc.Topology)) // a hash takes everything
	for _, v := range []any{sc.Network.Links, sc.Node} {                        // quantile files end up in their distributions
		text, err := json.Marshal(v)
		if err != nil {
			panic(fmt.Sprintf("runner: the network of %s has no JSON form: %v", sc.Name, err))
		}
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
