package swim

import "hypersim/core"

// Sums, and not a hash over a sorted list: a change of one record changes a sum by one term, and two tables have the same sum
// if they hold the same, in whatever order they learned it. That two different tables agree by chance has 2^−64.

// digest is the incremental table digest of §7.3: sums of hash(key, incarnation) over self and all OK
// and SUSPECT records; part counts participants only.
type digest struct {
	all, part   uint64
	nAll, nPart uint32
}

func (d *digest) add(id core.NodeID, inc uint32, participant bool) {
	h := keyHash(id, inc)
	d.all += h
	d.nAll++
	if participant {
		d.part += h
		d.nPart++
	}
}

// sub undoes add with the same arguments: the caller must know at which incarnation the record was counted.
func (d *digest) sub(id core.NodeID, inc uint32, participant bool) {
	h := keyHash(id, inc)
	d.all -= h
	d.nAll--
	if participant {
		d.part -= h
		d.nPart--
	}
}

// move changes whether id counts as participant.
func (d *digest) move(id core.NodeID, inc uint32, participant bool) {
	h := keyHash(id, inc)
	if participant {
		d.part += h
		d.nPart++
	} else {
		d.part -= h
		d.nPart--
	}
}
