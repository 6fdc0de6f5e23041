package runner

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// memoryGuard ends a run before the machine ends the process. What the kernel or the Go runtime kill for want of memory
// prints stacks, leaves its half-written folder and cannot say what it was doing.
type memoryGuard struct {
	limits []memoryLimit
	looked moment // while a run goes on
	asked  moment // before a small one begins
}

// moment is when somebody looked last.
type moment struct{ at atomic.Int64 } // ns, 0: never

// memoryLimit is one thing that may run out.
type memoryLimit struct {
	words string // who sets it, and where
	most  uint64 // bytes
	used  func() (uint64, bool)
}

// memoryEvery is how often a process looks; memorySpare is left to what happens in between and to judging; memoryPictures is
// what drawing takes for a while, most of it the canvas of one picture and the rows that it shows.
const (
	memoryEvery    = 100 * time.Millisecond
	memoryLittle   = 1 << 20 // what takes less is begun without a look of its own: a search has thousands of small worlds a minute
	memorySpare    = 128 << 20
	memoryPictures = 192 << 20
)

// processMemory watches this process, whatever runs go on in it.
var processMemory = sync.OnceValue(newMemoryGuard)

func newMemoryGuard() *memoryGuard {
	g := &memoryGuard{}
	add := func(words string, most uint64, known bool, used func() (uint64, bool)) {
		if now, ok := used(); known && ok && most > now {
			g.limits = append(g.limits, memoryLimit{words, most, used})
		}
	}
	most, known := addressLimit()
	add("the limit of its address space (ulimit -v)", most, known, func() (uint64, bool) { return procPages(0) })
	most, known = number("/sys/fs/cgroup/memory.max")
	add("the limit of its control group", most, known, func() (uint64, bool) { return procPages(1) })
	all, known := machineMemory("MemTotal:", "SwapTotal:")
	add("the memory of this machine", all, known, func() (uint64, bool) {
		free, ok := machineMemory("MemAvailable:", "SwapFree:")
		return all - min(free, all), ok
	})
	return g
}

// due reports whether it is time to look again; whoever is told so looks.
func (m *moment) due(now time.Time) bool {
	before, at := m.at.Load(), now.UnixNano()
	return (before == 0 || at-before >= int64(memoryEvery)) && m.at.CompareAndSwap(before, at)
}

// check returns an error if too little is left, looking every so often.
func (g *memoryGuard) check(now time.Time) error {
	if !g.looked.due(now) {
		return nil
	}
	for _, l := range g.limits {
		used, ok := l.used()
		if spare := min(memorySpare, l.most/16); ok && used+spare > l.most {
			return fmt.Errorf("out of memory: %d of %d MiB are in use, and %s ends the process beyond; hypersim check says what a run needs, --jobs 1 runs one at a time",
				used>>20, l.most>>20, l.words)
		}
	}
	return nil
}

// room returns an error if there is not so much memory left as the next step, named by its words, takes at once: it could
// not be looked at in between.
func (g *memoryGuard) room(step string, need uint64) error {
	if need < memoryLittle && !g.asked.due(time.Now()) {
		return nil
	}
	for _, l := range g.limits {
		if used, ok := l.used(); ok && used+need > l.most {
			return fmt.Errorf("out of memory: %s takes about %d MiB, %d of %d MiB are in use, and %s ends the process beyond; hypersim check says what a run needs, --jobs 1 runs one at a time",
				step, need>>20, used>>20, l.most>>20, l.words)
		}
	}
	return nil
}

// machineMemory adds up values of /proc/meminfo, without those of swapping where there is none.
func machineMemory(memory, swap string) (uint64, bool) {
	a, ok := procValue("/proc/meminfo", memory)
	b, _ := procValue("/proc/meminfo", swap)
	return a + b, ok
}
