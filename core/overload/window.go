package overload

import "hypersim/core"

// most is the longest window and history that keys allow.
const most = 64

// sample is how long one request took.
type sample struct {
	at core.Instant
	ms float64
}

// window is what is known of the latency of one class. Its zero value has seen nothing.
type window struct {
	n          int // samples of the process
	fast, slow float64
	samples    [most]sample // the last len, oldest first
	len        int
	deltas     [most]float64 // likewise
	history    int

	// What follows from them, as of the last change.
	load core.Load // of the class by itself
	high bool      // some sample could raise it, were the others not there
}

// add takes a sample.
func (w *window) add(now core.Instant, ms float64, k *Keys) {
	if w.len == k.Window {
		copy(w.samples[:], w.samples[1:w.len])
		w.len--
	}
	w.samples[w.len] = sample{now, ms}
	w.len++
	if w.n++; w.n == 1 {
		w.fast, w.slow = ms, ms
	} else {
		w.fast = float64(k.Fast*ms) + float64((1-k.Fast)*w.fast)
		w.slow = float64(k.Slow*ms) + float64((1-k.Slow)*w.slow)
	}
	if w.len < k.MinSamples {
		w.judge(k)
		return
	}
	if w.history == k.TrendOver {
		copy(w.deltas[:], w.deltas[1:w.history])
		w.history--
	}
	w.deltas[w.history] = w.delta()
	w.history++
	w.judge(k)
}

// expire lets go of what is too old, and reports whether something was: while nothing arrives, nothing is known.
func (w *window) expire(now core.Instant, k *Keys) bool {
	i := 0
	for i < w.len && now.Sub(w.samples[i].at) > k.MaxAge {
		i++
	}
	if i == 0 {
		return false
	}
	copy(w.samples[:], w.samples[i:w.len])
	w.len -= i
	w.judge(k)
	return true
}

// judge works out what follows from the samples. It is asked far more often than they change.
func (w *window) judge(k *Keys) {
	w.load, w.high = w.state(k), false
	least := milliseconds(min(k.AbsoluteBusy, k.Floor))
	for i := range w.len {
		w.high = w.high || w.samples[i].ms >= least
	}
}

func (w *window) mean() float64 {
	sum := 0.0
	for i := range w.len {
		sum += w.samples[i].ms
	}
	return sum / float64(w.len)
}

// delta is how far the mean lies above the slow baseline, as a share of it. The fast one follows a step at once, so that
// nothing measured against it ever grows (30/D1).
func (w *window) delta() float64 { return (w.mean() - w.slow) / max(w.slow, 1) }

// drift is how far the fast baseline lies above the slow one.
func (w *window) drift() float64 {
	if w.slow <= 0 {
		return 0
	}
	return (w.fast - w.slow) / w.slow
}

// trend is the least-squares slope of the deltas against their places.
func (w *window) trend() float64 {
	n := w.history
	if n < 3 {
		return 0
	}
	middle, mean := float64(n-1)/2, 0.0
	for i := range n {
		mean += w.deltas[i]
	}
	mean /= float64(n)
	var above, below float64
	for i := range n {
		x := float64(i) - middle
		above += float64(x * (w.deltas[i] - mean))
		below += float64(x * x)
	}
	return above / below
}

// state is what the latency of the class comes to by itself.
func (w *window) state(k *Keys) core.Load {
	if w.len == 0 {
		return core.LoadHealthy
	}
	mean, s := w.mean(), w.absolute(k)
	if w.n < k.Warmup || w.len < k.MinSamples || mean < milliseconds(k.Floor) {
		return s
	}
	d := w.delta()
	rise := level(d, k.DeltaBusy, k.DeltaStressed, k.DeltaOverloaded)
	if d > k.DeltaBusy && w.trend() > k.TrendAt {
		rise = core.LoadOverloaded
	}
	return max(s, min(rise, k.Ceiling.load()))
}

// absolute is what the mean comes to by itself; of no sample it is nothing.
func (w *window) absolute(k *Keys) core.Load {
	if w.len == 0 {
		return core.LoadHealthy
	}
	return level(w.mean(), milliseconds(k.AbsoluteBusy), milliseconds(k.AbsoluteStressed), milliseconds(k.AbsoluteOverloaded))
}

// level names the band that x is in; the thresholds themselves belong to the one below.
func level(x, busy, stressed, overloaded float64) core.Load {
	switch {
	case x > overloaded:
		return core.LoadOverloaded
	case x > stressed:
		return core.LoadStressed
	case x > busy:
		return core.LoadBusy
	}
	return core.LoadHealthy
}

// filled is level for the queue, whose thresholds belong to the band above.
func filled(x, busy, stressed, overloaded float64) core.Load {
	switch {
	case x >= overloaded:
		return core.LoadOverloaded
	case x >= stressed:
		return core.LoadStressed
	case x >= busy:
		return core.LoadBusy
	}
	return core.LoadHealthy
}

func milliseconds(d core.Duration) float64 { return float64(d) / 1e6 }
