package wire

import (
	"encoding/binary"
	"math"

	"hypersim/core"
)

// MaxBeatBytes is the largest block of a worker's heartbeat, header included (spec 01 no. 18).
const MaxBeatBytes = 600

// Bits of the tag byte of a heartbeat, which starts with three bits of state.
const (
	beatLoadShift = 3
	bitTakes      = 1 << 5 // accepts work
	bitAsks       = 1 << 6
	beatReserved  = 1 << 7
	beatStates    = 8 // that the three bits hold
)

const askBytes = 1 + 8 + 8 + 8 + 8 // without its varints

// A heartbeat rides on a datagram of membership, and what does not fit is left out rather than sent by itself: shards that
// are missing from one are in the next.

// BeatBytes returns the size of the block of a heartbeat without shards.
func BeatBytes(b *core.Beat) int {
	n := ExtraHeader + 1 + 8 + 4*4 + varintLen(uint32(b.Cores)) + varintLen(uint32(b.CoresAvailable)) + varintLen(uint32(b.Queue))
	if b.Ask.Seq != 0 {
		n += askBytes + varintLen(b.Ask.Seq) + varintLen(uint32(b.Ask.Workflows))
	}
	return n
}

// ShardBeatBytes returns the size of a shard in that block.
func ShardBeatBytes(s *core.ShardBeat) int {
	return 8 + 8 + varintLen(uint32(s.Attempt)) + varintLen(uint32(s.Index)) + 1 + 8
}

// FitBeat cuts x to a heartbeat of at most room bytes: shards at the end go first, and without room for the rest of it
// all of it goes.
func FitBeat(x *core.Extra, room int) {
	n := 0
	if room -= BeatBytes(&x.Beat); room < 0 {
		x.Beat = core.Beat{}
	}
	for ; n < min(len(x.Shards), MaxEntries) && room >= 0; n++ {
		if room -= ShardBeatBytes(&x.Shards[n]); room < 0 {
			break
		}
	}
	x.Shards = x.Shards[:n]
}

// beatBug says what is wrong with the heartbeat of x, or "".
func beatBug(x *core.Extra) string {
	b := &x.Beat
	switch {
	case b.Version == 0 && (*b != core.Beat{} || len(x.Shards) > 0):
		return "heartbeat without a version"
	case len(x.Shards) > MaxEntries:
		return "more shards than a block can count"
	case b.State >= beatStates || b.Load >= core.NumLoads || b.Ask.Reason >= core.NumAskReasons:
		return "heartbeat of unknown state, load or reason"
	case b.Ask.Seq == 0 && b.Ask != core.Ask{}:
		return "request for time without a number"
	}
	return ""
}

func beatBlockBytes(x *core.Extra) int {
	if x.Beat.Version == 0 {
		return 0
	}
	n := BeatBytes(&x.Beat)
	for i := range x.Shards {
		n += ShardBeatBytes(&x.Shards[i])
	}
	return n
}

func appendBeat(dst []byte, x *core.Extra) []byte {
	b := &x.Beat
	dst = append(dst, blockBeat, uint8(len(x.Shards)), 0, 0)
	start := len(dst)
	asks := b.Ask.Seq != 0
	dst = append(dst, b.State|uint8(b.Load)<<beatLoadShift|bit(b.Accepting, bitTakes)|bit(asks, bitAsks))
	dst = binary.BigEndian.AppendUint64(dst, b.Version)
	dst = appendVarint(dst, uint32(b.Cores))
	dst = appendVarint(dst, uint32(b.CoresAvailable))
	dst = appendVarint(dst, uint32(b.Queue))
	dst = appendFloat(dst, b.CPU)
	dst = appendFloat(dst, b.Memory)
	dst = appendFloat(dst, b.Throughput)
	dst = appendFloat(dst, b.Expected)
	if asks {
		dst = appendAsk(dst, &b.Ask)
	}
	for i := range x.Shards {
		s := &x.Shards[i]
		dst = binary.BigEndian.AppendUint64(dst, s.Job)
		dst = binary.BigEndian.AppendUint64(dst, s.Workflow)
		dst = appendVarint(dst, uint32(s.Attempt))
		dst = appendVarint(dst, uint32(s.Index))
		dst = append(dst, s.State)
		dst = binary.BigEndian.AppendUint64(dst, s.Done)
	}
	binary.BigEndian.PutUint16(dst[start-2:], uint16(len(dst)-start)) // at most 255·31 and 84
	return dst
}

func appendAsk(dst []byte, a *core.Ask) []byte {
	dst = append(appendVarint(dst, a.Seq), uint8(a.Reason))
	dst = appendVarint(dst, uint32(a.Workflows))
	dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(a.Progress))
	dst = binary.BigEndian.AppendUint64(dst, a.Done)
	dst = binary.BigEndian.AppendUint64(dst, a.Total)
	return binary.BigEndian.AppendUint64(dst, uint64(a.Remaining))
}

// beat reads a heartbeat. Version 0 would be none at all, and a request without a number nobody's.
func (r *reader) beat(x *core.Extra, count int) {
	b, tag := &x.Beat, r.u8()
	if tag&beatReserved != 0 {
		r.fail(ErrReserved)
		return
	}
	b.State, b.Load, b.Accepting = tag&(beatStates-1), core.Load(tag>>beatLoadShift&3), tag&bitTakes != 0
	if b.Version = r.u64(); r.err == nil && b.Version == 0 {
		r.fail(ErrValue)
	}
	b.Cores, b.CoresAvailable, b.Queue = r.varint16(), r.varint16(), r.varint16()
	b.CPU, b.Memory, b.Throughput, b.Expected = r.float(), r.float(), r.float(), r.float()
	if tag&bitAsks != 0 {
		r.ask(&b.Ask)
	}
	for range count {
		if r.err != nil {
			return
		}
		x.Shards = append(x.Shards, core.ShardBeat{
			Job: r.u64(), Workflow: r.u64(), Attempt: r.varint16(), Index: r.varint16(), State: r.u8(), Done: r.u64(),
		})
	}
}

func (r *reader) ask(a *core.Ask) {
	if a.Seq = r.varint(); r.err == nil && a.Seq == 0 {
		r.fail(ErrValue)
	}
	if a.Reason = core.AskReason(r.u8()); a.Reason >= core.NumAskReasons {
		r.fail(ErrValue)
	}
	a.Workflows = r.varint16()
	a.Progress = math.Float64frombits(r.u64())
	a.Done, a.Total, a.Remaining = r.u64(), r.u64(), core.Duration(r.u64())
}
