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
	r := &run{opt: &opt, began: time.Now(), res: Result{Scenario: &sc}}
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

// Identity is a hash of everything but the seed and the program that a run's results follow from: the
// resolved configuration, and the contents of the files that it names.
func Identity(sc *scenarios.Scenario) string {
	_, hash := resolved(sc)
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n%s\n%s\n", sc.Name, hash, delays(sc.Topology)) // a hash takes everything
	for _, v := range []any{sc.Network.Links, sc.Node} {                      // quantile files end up in their distributions
		text, err := json.Marshal(v)
		if err != nil {
			panic(fmt.Sprintf("runner: the network of %s has no JSON form: %v", sc.Name, err))
		}
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
