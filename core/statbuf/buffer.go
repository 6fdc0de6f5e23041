package statbuf

import (
	"math"

	"hypersim/core"
	"hypersim/core/job"
)

// Buffer is the buffer of one manager.
type Buffer struct {
	k        *Keys
	capacity int

	hot, warm, cold ring
	pending         ring // fine buckets that are not whole yet, or not old enough
	coarse          Entry
	archive         Entry
	level           job.Pressure

	arrived ring // per tick of the last RateOver, whether stored or not

	Stored, Dropped uint64
}

// Init begins, empty.
func (b *Buffer) Init(c *Config) { *b = Buffer{k: &c.Stats, capacity: c.Stats.Least} }

// Outcome is what became of a record.
type Outcome uint8

// What becomes of records.
const (
	Dropped     Outcome = iota // it is gone, and counted
	Stored                     // in HOT
	Critical                   // likewise, whatever the level
	FoldedEarly                // likewise, and the oldest record made room for it

	NumOutcomes = 4
)

var outcomeNames = [NumOutcomes]string{"dropped", "stored", "stored_critical", "folded_early"}

func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "unknown"
}

// Record takes one record; at REJECT only a critical one.
func (b *Buffer) Record(now core.Instant, value float64, critical bool) Outcome {
	b.count(now)
	full := b.hot.n >= b.capacity
	if (b.level == job.PressureReject || full) && !critical {
		b.Dropped++
		return Dropped
	}
	out := Stored
	switch {
	case full:
		out = FoldedEarly
		old := b.hot.pop()
		b.fold(&old)
	case critical:
		out = Critical
	}
	e := Entry{At: now, Count: 1, Sum: value, Min: value, Max: value}
	b.hot.push(&e, b.capacity)
	b.Stored++
	if b.k.Expiry == OnRecord {
		b.expire(now)
	}
	b.look()
	return out
}

// count notes that a record arrived.
func (b *Buffer) count(now core.Instant) {
	at := bucketOf(now, b.k.Tick)
	if n := b.arrived.n; n > 0 && b.arrived.at(n-1).At == at {
		b.arrived.at(n-1).Count++
		return
	}
	b.arrived.push(&Entry{At: at, Count: 1}, math.MaxInt)
}

// Tick lets go of what is old, and looks.
func (b *Buffer) Tick(now core.Instant) {
	for b.arrived.n > 0 && now.Sub(b.arrived.at(0).At) > b.k.RateOver {
		b.arrived.pop()
	}
	if b.k.Expiry != OnRecord {
		b.expire(now)
	}
	b.look()
}

// expire moves what is too old for its tier to the next one.
func (b *Buffer) expire(now core.Instant) {
	for b.hot.n > 0 && now.Sub(b.hot.at(0).At) >= b.k.Hot {
		e := b.hot.pop()
		b.fold(&e)
	}
	for b.pending.n > 0 && now.Sub(b.pending.at(0).At.Add(b.k.WarmBucket)) >= b.k.Hot {
		e := b.pending.pop()
		b.warmer(&e)
	}
	for b.warm.n > 0 && now.Sub(b.warm.at(0).At.Add(b.k.WarmBucket)) >= b.k.Warm {
		e := b.warm.pop()
		b.colder(&e)
	}
	if b.coarse.Count > 0 && now.Sub(b.coarse.At.Add(b.k.ColdBucket)) >= b.k.Warm {
		b.keep(&b.coarse)
		b.coarse = Entry{}
	}
	for b.cold.n > 0 && now.Sub(b.cold.at(0).At.Add(b.k.ColdBucket)) >= b.k.Cold {
		e := b.cold.pop()
		b.archive.merge(&e)
	}
}

// fold puts a record that leaves HOT into its fine bucket.
func (b *Buffer) fold(e *Entry) {
	at := bucketOf(e.At, b.k.WarmBucket)
	for i := b.pending.n - 1; i >= 0; i-- {
		if p := b.pending.at(i); p.At == at {
			p.merge(e)
			return
		}
	}
	x := *e
	x.At = at
	b.pending.push(&x, math.MaxInt)
}

// warmer puts a fine bucket into WARM; where that is full, its oldest one goes on.
func (b *Buffer) warmer(e *Entry) {
	if b.warm.n >= b.k.WarmEntries {
		old := b.warm.pop()
		b.colder(&old)
	}
	b.warm.push(e, b.k.WarmEntries)
}

// colder puts a fine bucket into the coarse one that it is part of.
func (b *Buffer) colder(e *Entry) {
	at := bucketOf(e.At, b.k.ColdBucket)
	if b.coarse.Count > 0 && b.coarse.At != at {
		b.keep(&b.coarse)
		b.coarse = Entry{}
	}
	b.coarse.At = at
	b.coarse.merge(e)
}

func (b *Buffer) keep(e *Entry) {
	if b.cold.n >= b.k.ColdEntries {
		old := b.cold.pop()
		b.archive.merge(&old)
	}
	b.cold.push(e, b.k.ColdEntries)
}

// look finds the level. It rises at a threshold, and falls so far below it that it does not come back at once.
func (b *Buffer) look() {
	fill := b.Fill()
	up := b.threshold(fill, 0)
	if up >= b.level {
		b.level = up
		return
	}
	b.level = min(b.level, b.threshold(fill, b.k.Hysteresis))
}

func (b *Buffer) threshold(fill, below float64) job.Pressure {
	switch {
	case fill >= b.k.Reject-below:
		return job.PressureReject
	case fill >= b.k.Batch-below:
		return job.PressureBatch
	case fill >= b.k.Throttle-below:
		return job.PressureThrottle
	}
	return job.PressureNone
}

// Fill is how full HOT is.
func (b *Buffer) Fill() float64 { return float64(b.hot.n) / float64(b.capacity) }

// Level is the pressure.
func (b *Buffer) Level() job.Pressure { return b.level }

// Len is how many records are in HOT, and Capacity how many may be.
func (b *Buffer) Len() int { return b.hot.n }

// Capacity is how many records may be in HOT.
func (b *Buffer) Capacity() int { return b.capacity }

// Rate is how many records arrived a second lately, stored or not.
func (b *Buffer) Rate() float64 {
	n := uint64(0)
	for i := range b.arrived.n {
		n += b.arrived.at(i).Count
	}
	return float64(n) / b.k.RateOver.Seconds()
}

// Fit makes HOT as large as it has to be for so many (worker, workflow) pairs that report once in every: as many records as
// come in two minutes, so that it is half full; and no smaller than what arrives needs, critical records among it (spec 02
// no. 29). It grows at once, and shrinks only where it is less than half full after that.
func (b *Buffer) Fit(active int, every core.Duration) {
	if !b.k.Autosize {
		return
	}
	rate := max(float64(active)/every.Seconds(), b.Rate())
	want := min(max(int(math.Ceil(2*b.k.Hot.Seconds()*rate)), b.k.Least), b.k.Most)
	if want > b.capacity || float64(b.hot.n) < 0.5*float64(want) {
		b.capacity = want
		b.look()
	}
}

// Counts returns how many records each tier stands for: HOT, WARM with what is on its way there, COLD likewise, ARCHIVE.
func (b *Buffer) Counts() (hot, warm, cold, archive uint64) {
	return b.hot.total(), b.pending.total() + b.warm.total(), b.coarse.Count + b.cold.total(), b.archive.Count
}

func (r *ring) total() (n uint64) {
	for i := range r.n {
		n += r.at(i).Count
	}
	return n
}

// Oldest returns the oldest record of HOT, nil if there is none.
func (b *Buffer) Oldest() *Entry {
	if b.hot.n == 0 {
		return nil
	}
	return b.hot.at(0)
}

// Point is a record of a checkpoint.
type Point struct {
	Age   core.Duration // when it was made
	Value float64
}

// Export returns HOT, oldest first.
func (b *Buffer) Export(now core.Instant) []Point {
	list := make([]Point, 0, b.hot.n)
	for i := range b.hot.n {
		e := b.hot.at(i)
		list = append(list, Point{now.Sub(e.At), e.Sum / float64(e.Count)})
	}
	return list
}

// Import puts in front what another manager had, as far as it is older than everything here and not too old, and there is
// room.
func (b *Buffer) Import(now core.Instant, list []Point) {
	limit := now
	if e := b.Oldest(); e != nil {
		limit = e.At
	}
	var merged ring
	for _, p := range list {
		if at := now.Add(-p.Age); at < limit && p.Age < b.k.Hot && merged.n+b.hot.n < b.capacity {
			merged.push(&Entry{At: at, Count: 1, Sum: p.Value, Min: p.Value, Max: p.Value}, b.capacity)
			b.Stored++
		}
	}
	for i := range b.hot.n {
		merged.push(b.hot.at(i), b.capacity)
	}
	b.hot = merged
	b.look()
}

// MemoryBytes returns the heap bytes of b.
func (b *Buffer) MemoryBytes() int {
	return entryBytes * (len(b.hot.items) + len(b.warm.items) + len(b.cold.items) + len(b.pending.items) + len(b.arrived.items))
}
