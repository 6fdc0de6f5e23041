package runner

import (
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"hypersim/sim/world"
)

// Performance is performance.json: what the machine and the choice of codec and trace did to the run's
// cost. It is the only file of a run folder that differs between two runs of the same scenario and seed.
type Performance struct {
	WallS        float64 `json:"wall_s"`          // of the simulation, without loading and writing
	TotalS       float64 `json:"total_s"`         // from build to the last file before this one
	Events       uint64  `json:"events"`          //
	EventsPerS   float64 `json:"events_per_s"`    // of wall time
	VirtualWall  float64 `json:"virtual_to_wall"` // virtual seconds per wall second
	PeakMemory   uint64  `json:"peak_memory_bytes"`
	MemoryFrom   string  `json:"peak_memory_from"` // "VmHWM" (of the process) or "runtime" (memory taken by Go)
	GOMAXPROCS   int     `json:"gomaxprocs"`
	Workers      int     `json:"workers"` // goroutines that simulate
	CPUs         int     `json:"cpus"`
	OS           string  `json:"os"`
	Codec        string  `json:"codec"`
	Trace        bool    `json:"trace"`
	TraceRecords uint64  `json:"trace_records,omitempty"`
	Started      string  `json:"started"` // RFC 3339, UTC
}

func (p *Performance) measure(w *world.World, wall, total time.Duration) {
	p.WallS, p.TotalS = wall.Seconds(), total.Seconds()
	p.Events = w.Events()
	if p.WallS > 0 {
		p.EventsPerS, p.VirtualWall = float64(p.Events)/p.WallS, w.Now().Seconds()/p.WallS
	}
	p.PeakMemory, p.MemoryFrom = peakMemory()
	p.GOMAXPROCS, p.CPUs, p.OS, p.Workers = runtime.GOMAXPROCS(0), runtime.NumCPU(), runtime.GOOS, 1
}

// heldMemory returns how much memory the process has from the system now, by Go's account: what it gave back is
// not counted. O(1), without stopping anything.
func heldMemory() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() - sample[1].Value.Uint64())
}

// peakMemory returns the most memory that the process has held.
func peakMemory() (bytes uint64, from string) {
	if v, ok := procValue("/proc/self/status", "VmHWM:"); ok {
		return v, "VmHWM"
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys, "runtime"
}

// AvailableMemory returns how much memory a new process may take on this machine: what the kernel says is
// available, within the limits of the control group and of the address space. ok is false where it cannot be told.
func AvailableMemory() (bytes uint64, ok bool) {
	bytes, ok = procValue("/proc/meminfo", "MemAvailable:")
	if limit, found := number("/sys/fs/cgroup/memory.max"); found {
		used, _ := number("/sys/fs/cgroup/memory.current")
		if free := limit - min(used, limit); !ok || free < bytes {
			bytes, ok = free, true
		}
	}
	if limit, found := addressLimit(); found {
		used, _ := procPages(0)
		if free := limit - min(used, limit); !ok || free < bytes {
			bytes, ok = free, true
		}
	}
	return bytes, ok
}

// procValue reads "key   123 kB" from a file of the kernel.
func procValue(path, key string) (bytes uint64, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(data)) {
		rest, found := strings.CutPrefix(line, key)
		if !found {
			continue
		}
		kb, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		return kb << 10, err == nil
	}
	return 0, false
}

func number(path string) (uint64, bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	v, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64) // "max" is no number: no limit
	return v, err == nil
}

// procPages reads a field of /proc/self/statm in bytes: 0 is the address space, 1 what is in memory.
func procPages(field int) (uint64, bool) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	list := strings.Fields(string(text))
	if field >= len(list) {
		return 0, false
	}
	n, err := strconv.ParseUint(list[field], 10, 64)
	return n * uint64(os.Getpagesize()), err == nil
}
