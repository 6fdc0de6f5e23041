package kernel_test

import (
	"fmt"
	"time"

	"hypersim/core"
	"hypersim/sim/kernel"
)

// pingPong answers each message after 20 ms, and stops the run after the fifth.
type pingPong struct {
	kernel *kernel.Kernel
	seq    uint64
}

func (p *pingPong) Handle(e *kernel.Event) {
	fmt.Println(p.kernel.Now(), e.Kind(), "for node", e.Node)
	p.seq++
	if p.seq == 5 {
		p.kernel.Stop()
		return
	}
	p.kernel.Schedule(kernel.Event{
		At:   p.kernel.Now().Add(20 * time.Millisecond),
		Key:  kernel.MakeKey(kernel.KindMessage, e.Node, p.seq),
		Node: 1 - e.Node,
	})
}

func Example() {
	p := new(pingPong)
	p.kernel = kernel.New(p)
	p.kernel.Schedule(kernel.Event{At: 1e9, Key: kernel.MakeKey(kernel.KindTimer, 0, 0)})
	p.kernel.Run(core.Never)
	fmt.Println(p.kernel.Handled(), "events,", p.kernel.Pending(), "pending")
	// Output:
	// 1s timer for node 0
	// 1.02s message for node 1
	// 1.04s message for node 0
	// 1.06s message for node 1
	// 1.08s message for node 0
	// 5 events, 0 pending
}
