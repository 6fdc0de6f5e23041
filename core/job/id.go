package job

import (
	"fmt"
	"strconv"
	"strings"

	"hypersim/core"
)

// ID names a job. Its client draws it once; it is the key of idempotency in every attempt (spec 20 §8.2, J45).
type ID uint64

// String returns the id as it is written and hashed: job- and 16 hex digits.
func (j ID) String() string { return fmt.Sprintf("job-%016x", uint64(j)) }

const idDigits = 16

// ParseID reads what String writes.
func ParseID(s string) (ID, error) {
	digits, ok := strings.CutPrefix(s, "job-")
	n, err := strconv.ParseUint(digits, 16, 64)
	if !ok || err != nil || len(digits) != idDigits {
		return 0, fmt.Errorf("%q is no job: job- and 16 hex digits, as jobs.csv has them", s)
	}
	return ID(n), nil
}

// Named returns the jobs that a text names, in its order.
func Named(text string) (list []ID) {
	for {
		_, rest, ok := strings.Cut(text, "job-")
		if !ok {
			return list
		}
		if len(rest) >= idDigits {
			if id, err := ParseID("job-" + rest[:idDigits]); err == nil {
				list = append(list, id)
			}
		}
		text = rest
	}
}

// WorkflowID names a workflow of a job: the same in every datacenter, attempt and period of leadership.
type WorkflowID uint64

// String returns wf- and 16 hex digits.
func (w WorkflowID) String() string { return fmt.Sprintf("wf-%016x", uint64(w)) }

// Walk tells the id.
func (j *ID) Walk(w *core.Walker) { w.Uint64("job", (*uint64)(j)) }

// Walk tells the id.
func (w *WorkflowID) Walk(k *core.Walker) { k.Uint64("workflow", (*uint64)(w)) }

// Shard is the part of a workflow that runs on one worker (spec 20 §0). Attempts count from 1, shards from 0.
type Shard struct {
	Job      ID
	Workflow WorkflowID
	Attempt  uint16
	Index    uint16
}

// Walk tells the shard.
func (s *Shard) Walk(w *core.Walker) {
	s.Job.Walk(w)
	s.Workflow.Walk(w)
	w.Uint16("attempt", &s.Attempt)
	w.Uint16("shard", &s.Index)
}

// Token is a dispatch token: the datacenter epoch in the high half, a counter from 1 in the low one (spec 20 §0, AD-10).
type Token uint64

// Ticket is a token before it is packed: the N-th, from 1, under datacenter epoch DE.
type Ticket struct{ DE, N uint32 }

// Token packs it, so that of two tokens of a workflow the later one is the larger number.
func (t Ticket) Token() Token { return Token(t.DE)<<32 | Token(t.N) }

// Epoch returns the datacenter epoch under which t was issued.
func (t Token) Epoch() uint32 { return uint32(t >> 32) }

// Walk tells the token.
func (t *Token) Walk(w *core.Walker) { w.Uint64("dispatch_token", (*uint64)(t)) }
