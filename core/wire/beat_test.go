package wire

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
)

// A heartbeat with all that it may have, written down by hand from doc.go.
func TestBeatBytes(t *testing.T) {
	m := core.Message{Kind: core.KindPing, Extra: &core.Extra{
		Beat: core.Beat{
			Version: 0x0102030405060708, Cores: 16, CoresAvailable: 300, Queue: 1, CPU: 1, Memory: 2, Throughput: 1, Expected: 2, State: 2,
			Load: core.LoadOverloaded, Accepting: true,
			Ask: core.Ask{Seq: 128, Reason: core.AskContention, Workflows: 3, Progress: 1, Done: 0x11, Total: 0x12, Remaining: 0x13},
		},
		Shards: []core.ShardBeat{{Job: 0x21, Workflow: 0x22, Attempt: 1, Index: 130, State: 4, Done: 0x23}},
	}}
	const want = "85 01 005d 7a 0102030405060708 10 ac02 01 3f800000 40000000 3f800000 40000000" +
		"8001 02 03 3ff0000000000000 0000000000000011 0000000000000012 0000000000000013" +
		"0000000000000021 0000000000000022 01 8201 04 0000000000000023"
	p := unhex(t, strings.ReplaceAll(want, " ", ""))
	have := Encode(nil, &m, linear)[HeaderBytes+keyBytes:]
	if !bytes.Equal(have, p) {
		t.Errorf("have %x\nwant %x", have, p)
	}
	if n := BeatBytes(&m.Extra.Beat) + ShardBeatBytes(&m.Extra.Shards[0]); n != len(p) {
		t.Errorf("%d bytes are foretold, there are %d", n, len(p))
	}
	for _, bad := range []struct {
		what string
		at   int
		to   uint8
		want error
	}{
		{"reserved bit", 4, 0xfa, ErrReserved}, {"reason", 35, core.NumAskReasons, ErrValue}, {"more shards", 1, 2, ErrShort}, {"fewer", 1, 0, ErrBlock},
	} {
		q := Encode(nil, &m, linear)
		q[HeaderBytes+keyBytes+bad.at] = bad.to
		var back core.Message
		if err := Decode(reseal(q), &back, linear); !errors.Is(err, bad.want) {
			t.Errorf("%s: %v, want %v", bad.what, err, bad.want)
		}
	}
}

// A heartbeat is cut at its end: to the largest block that it may have, to what a datagram has left, and to nothing
// where not even its head fits. Twenty shards fit beside nothing else.
func TestBeatIsCutAtItsEnd(t *testing.T) {
	full := func() *core.Extra {
		x := &core.Extra{Beat: core.Beat{
			Version: 1, Cores: math.MaxUint16, CoresAvailable: math.MaxUint16, Queue: math.MaxUint16,
			Ask: core.Ask{Seq: math.MaxUint32, Workflows: math.MaxUint16},
		}}
		for i := range 400 {
			x.Shards = append(x.Shards, core.ShardBeat{Job: 1, Workflow: uint64(i), Attempt: 1})
		}
		return x
	}
	all := full().Shards
	head := BeatBytes(&full().Beat)
	for room := range 1200 {
		x := full()
		FitBeat(x, room)
		n := beatBlockBytes(x)
		switch {
		case n > room || !slices.Equal(x.Shards, all[:len(x.Shards)]):
			t.Fatalf("room of %d: %d bytes, %d shards", room, n, len(x.Shards))
		case room < head && (n != 0 || len(x.Shards) > 0):
			t.Fatalf("room of %d, head of %d: %d bytes", room, head, n)
		case room >= head && n+ShardBeatBytes(&all[0]) <= room:
			t.Fatalf("room of %d: %d bytes and one more shard would fit", room, n)
		}
		if what := beatBug(x); what != "" {
			t.Fatalf("room of %d: %s", room, what)
		}
	}
	x := full()
	x.Beat.Ask = core.Ask{}
	if FitBeat(x, MaxBeatBytes); len(x.Shards) != 20 {
		t.Errorf("%d shards fit into %d bytes, want 20", len(x.Shards), MaxBeatBytes)
	}
	x = full()
	if FitBeat(x, 1<<20); len(x.Shards) != MaxEntries {
		t.Errorf("%d shards fit where there is room for all, want %d", len(x.Shards), MaxEntries)
	}
}

// The head of a heartbeat fits beside a full update block, so that a busy group silences no worker. IPv4.
func TestBeatFitsBesideUpdates(t *testing.T) {
	b := core.Beat{Cores: math.MaxUint16, CoresAvailable: math.MaxUint16, Queue: math.MaxUint16, Ask: core.Ask{Seq: math.MaxUint32, Workflows: math.MaxUint16}}
	if n := HeaderBytes + keyBytes + CoordBytes(core.MaxDims) + MaxUpdatesBytes + BeatBytes(&b); n > MTU {
		t.Errorf("%d bytes, the MTU is %d", n, MTU)
	}
}
