package overload

import "hypersim/core"

// Part is what of the state speaks: which of the things that are measured.
type Part uint8

// Parts. A class's latency is Latency + its number; a rise against the past is Rise.
const (
	PartNone Part = iota
	PartDispatch
	PartData
	PartTelemetry
	PartRise
	PartShare
	PartMemory
	PartQueue
	PartFault // a floor that a fault sets

	NumParts = 9
)

var partNames = [NumParts]string{"none", "dispatch", "data", "telemetry", "rise", "cpu", "memory", "queue", "fault"}

func (p Part) String() string {
	if int(p) < len(partNames) {
		return partNames[p]
	}
	return "unknown"
}

// Worst says which part makes the state what it was at the last event, and, where that is a latency, the mean of its class
// in ms. Of several the one that is measured least directly comes last.
func (d *Detector) Worst() (p Part, mean float64) {
	k := d.k
	switch raw := d.now(); {
	case raw == core.LoadHealthy:
		return PartNone, 0
	case d.floors.level(k) == raw:
		return PartFault, 0
	case level(d.memory, k.MemoryBusy, k.MemoryStressed, k.MemoryOverloaded) == raw:
		return PartMemory, 0
	case filled(d.queue, k.QueueBusy, k.QueueStressed, k.QueueOverloaded) == raw:
		return PartQueue, 0
	default:
		return d.latest(raw)
	}
}

// latest is Worst of latencies and of the busy share.
func (d *Detector) latest(raw core.Load) (p Part, mean float64) {
	for c := range d.windows {
		w := &d.windows[c]
		if min(w.load, d.ceiling(c)) != raw {
			continue
		}
		if w.absolute(d.k) < raw {
			return PartRise, w.mean()
		}
		return PartNone + Part(c), w.mean()
	}
	return PartShare, 0
}

// Restless reports whether the state could be another one at the next ticks although nothing happens: it has to fall, or old
// samples hide what the newer ones say.
func (d *Detector) Restless() bool {
	if d.state != core.LoadHealthy || d.raw != core.LoadHealthy {
		return true
	}
	for _, s := range d.ring[:d.k.Hysteresis] {
		if s != core.LoadHealthy {
			return true
		}
	}
	for c := range d.windows {
		if d.windows[c].high {
			return true
		}
	}
	return false
}
