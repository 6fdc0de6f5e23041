package scenarios

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// Kinds of arrival processes.
const (
	ArriveOnce     = "once"
	ArriveConstant = "constant"
	ArrivePoisson  = "poisson"
	ArriveBurst    = "burst"
	ArriveOnOff    = "onoff"
	ArriveRamp     = "ramp"
	ArriveDiurnal  = "diurnal"
	ArriveTrace    = "trace"
)

// Arrival is how jobs follow each other. Rates are jobs a second.
type Arrival struct {
	Process       string
	Count         int // once, burst
	Rate          float64
	First, Last   float64 // ramp
	Every         core.Duration
	On, Off       core.Duration
	Amplitude     float64
	Period, Phase core.Duration

	File string          // trace
	At   []core.Duration // that it tells, since the start, one for each job; not to be written to
}

// Expected returns how many jobs arrive on average in a workload that lasts so long.
func (a *Arrival) Expected(lasts core.Duration) float64 {
	t := max(0, lasts.Seconds())
	switch a.Process {
	case ArriveOnce:
		return float64(a.Count)
	case ArriveBurst:
		return float64(a.Count) * float64(1+int64((lasts-1)/a.Every))
	case ArriveOnOff:
		cycle := a.On + a.Off
		whole := lasts / cycle
		return a.Rate * (whole*a.On + min(a.On, lasts-whole*cycle)).Seconds()
	case ArriveTrace:
		n, _ := slices.BinarySearch(a.At, lasts)
		return float64(n)
	case ArriveRamp:
		return (a.First + a.Last) / 2 * t
	}
	return a.Rate * t
}

// Jobs is what a workload of jobs hands in.
type Jobs struct {
	Clients []core.NodeID // a job comes from one of them, drawn evenly
	Arrival Arrival
	Mix     []JobKind // at least one

	Owners     []core.NodeID // gates: a job gets an id that one of them owns; nil: any
	Preference Preference
}

// Shapes of jobs.
const (
	ShapeIndependent = "independent"
	ShapeChain       = "chain"
	ShapeFan         = "fan"
	ShapeEdges       = "edges"
)

// JobKind is what jobs of one kind are.
type JobKind struct {
	Share      float64    // weight in the mix
	Needs      [][]uint32 // per workflow, the names of those it needs; names count from 1
	Priority   job.Priority
	Cores      int // exact demand of a workflow, 0: a share
	VUs        int // 0: as many as Cores
	Duration   Dist
	Timeout    core.Duration
	Stop       core.Duration
	Payload    int64    // bytes of a workflow
	Targets    int      // datacenters that it runs in,
	Of         []uint16 // and nowhere else, nil: anywhere
	Stuck      Trouble
	Fail       Trouble
	Slow       Trouble
	Leaders    []core.NodeID // whom it is handed to first, in turn; nil: whom its client chooses
	EveryFlush bool          // workers tell of it at each flush
	Extend     Trouble       // these ask for more time
	Repeat     RepeatJob
	Stats      Statistics
}

// RepeatJob is a share of the jobs that are handed in again.
type RepeatJob struct {
	Share      float64 // 0: none
	Delay      Dist    // after the first time
	OtherGate  bool    // to a gate that does not lead it
	Altered    bool    // as another job under the same id
	AgainAfter core.Duration
}

// Trouble is what befalls a share of the workflows, where they run at some sites.
type Trouble struct {
	Share  float64
	Sites  []int         // indices of sites, sorted; nil: all
	After  core.Duration // of the run of a shard; of failures 0: at its end
	Factor float64       // slow: times the duration
}

// CancelJobs is a workload that takes jobs of another one back.
type CancelJobs struct {
	Of    int // index of the workload
	Share float64
	Delay Dist // after the job was handed in

	OtherGate bool // asked of a gate that does not lead the job
	Again     int  // asked so many times more,
	Every     core.Duration

	Workflows int  // so many of each job, drawn, instead of all of it,
	Alone     bool // without those that need them
}

// Statistics are those of a shard.
type Statistics struct {
	Rate  float64 // updates a second, 0: it has none
	Bytes int64   // of each
}

// HasJobs reports whether the run has jobs, or what comes with jobs: statistics.
func (s *Scenario) HasJobs() bool {
	return s.HandsInJobs() || s.HasStats()
}

// HandsInJobs reports whether clients hand in jobs.
func (s *Scenario) HandsInJobs() bool {
	for i := range s.Workloads {
		if s.Workloads[i].Jobs != nil {
			return true
		}
	}
	return false
}

// HasProgress reports whether the run has work without jobs.
func (s *Scenario) HasProgress() bool {
	for i := range s.Workloads {
		if s.Workloads[i].Kind == WorkloadProgress {
			return true
		}
	}
	return false
}
