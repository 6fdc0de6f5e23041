// Command hypersim runs scenarios of a simulated multi-datacenter job cluster and shows what came out.
// One file per verb; what a run does is cmd/internal/runner's.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// The first Ctrl-C ends the context; from then on the signal has its usual meaning, so that a second
	// one kills. A terminal that goes away is the same, unless nohup said that it does not matter.
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	go func() { <-ctx.Done(); stop() }()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
