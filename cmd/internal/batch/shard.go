package batch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Shard is one of several machines that share a sweep: the parts Index to Last of Of, from 1. The zero value does everything.
type Shard struct {
	Index, Of int
	Last      int // 0: Index alone
}

// ParseShard reads "2/8", and "2-5/8" for a machine that does as much as four others.
func ParseShard(text string) (Shard, error) {
	part, of, ok := strings.Cut(text, "/")
	first, last, several := strings.Cut(part, "-")
	if !several {
		last = first
	}
	i, err1 := strconv.Atoi(first)
	k, err2 := strconv.Atoi(last)
	n, err3 := strconv.Atoi(of)
	if !ok || errors.Join(err1, err2, err3) != nil || n < 1 || i < 1 || k < i || k > n {
		return Shard{}, fmt.Errorf("--shard %q: must be i/n with 1 ≤ i ≤ n, such as 2/8, or i-k/n with 1 ≤ i ≤ k ≤ n, such as 2-5/8", text)
	}
	s := Shard{Index: i, Of: n}
	if several && k > i {
		s.Last = k
	}
	return s, nil
}

func (s Shard) last() int { return max(s.Index, s.Last) }

// ShardFromEnv reads which shard a scheduler made of this process. It knows two:
//
//   - an array job of SLURM, by SLURM_ARRAY_TASK_ID, _COUNT, _MIN and _STEP;
//   - an indexed job of Kubernetes, by JOB_COMPLETION_INDEX. That does not tell how many there are: of does, or
//     JOB_COMPLETION_COUNT if the job sets it.
//
// from names the variable that said so. Without one it is empty, and the shard is the whole. of is --shards, 0 if that was
// not given. With it an array of fewer tasks is taken for a part of one that is numbered from 1: so single tasks can be
// submitted again.
func ShardFromEnv(lookup func(string) (string, bool), of int) (s Shard, from string, err error) {
	number := func(name string, without int) (int, error) {
		text, ok := lookup(name)
		if !ok || text == "" {
			return without, nil
		}
		v, err := strconv.Atoi(text)
		if err != nil {
			return 0, fmt.Errorf("%s = %q: must be a whole number", name, text)
		}
		return v, nil
	}
	var id, first, step, count int
	read := func(to *int, name string, without int) {
		if err == nil {
			*to, err = number(name, without)
		}
	}
	if text, ok := lookup("SLURM_ARRAY_TASK_ID"); ok && text != "" {
		from = "SLURM_ARRAY_TASK_ID"
		read(&id, from, 0)
		read(&first, "SLURM_ARRAY_TASK_MIN", 1)
		read(&step, "SLURM_ARRAY_TASK_STEP", 1)
		read(&count, "SLURM_ARRAY_TASK_COUNT", of)
	} else if text, ok := lookup("JOB_COMPLETION_INDEX"); ok && text != "" {
		from, first, step = "JOB_COMPLETION_INDEX", 0, 1
		read(&id, from, 0)
		read(&count, "JOB_COMPLETION_COUNT", of)
	} else {
		return Shard{}, "", nil
	}
	if of > 0 && count != of && from == "SLURM_ARRAY_TASK_ID" { // some tasks of a larger array, done again: its first is not told
		first, step = 1, 1
	}
	if of > 0 {
		count = of
	}
	switch {
	case err != nil:
		return Shard{}, from, err
	case count < 1:
		return Shard{}, from, fmt.Errorf("%s is set, but not how many shards there are; give --shards N, or --shard i/n", from)
	case step < 1 || (id-first)%step != 0 || (id-first)/step < 0 || (id-first)/step >= count:
		return Shard{}, from, fmt.Errorf("%s = %d is none of %d shards from %d; give --shard i/n", from, id, count, first)
	}
	return Shard{Index: (id-first)/step + 1, Of: count}, from, nil
}

// has reports whether the k-th run of a plan is the shard's. Runs are dealt in turn, so that shards get equal
// parts of cheap and costly cells.
func (s Shard) has(k int) bool { return s.Of <= 1 || k%s.Of >= s.Index-1 && k%s.Of < s.last() }

func (s Shard) String() string {
	if s.Of <= 1 {
		return ""
	}
	if s.last() > s.Index {
		return fmt.Sprintf("%d-%d/%d", s.Index, s.Last, s.Of)
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}
