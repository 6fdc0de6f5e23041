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
	// one kills.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { <-ctx.Done(); stop() }()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
