package batch

import (
	"strings"
	"testing"
)

func TestParseShard(t *testing.T) {
	if s, err := ParseShard("2/8"); err != nil || s != (Shard{Index: 2, Of: 8}) {
		t.Errorf("%v %v", s, err)
	}
	for text, want := range map[string]Shard{"2-5/8": {Index: 2, Last: 5, Of: 8}, "3-3/8": {Index: 3, Of: 8}, "1-8/8": {Index: 1, Last: 8, Of: 8}} {
		if s, err := ParseShard(text); err != nil || s != want {
			t.Errorf("%s: %v %v", text, s, err)
		}
	}
	for _, bad := range []string{"5-2/8", "2-9/8", "2-/8", "-2/8", "1-2-3/8", "0-2/8", "", "2", "0/8", "9/8", "1/0", "a/b", "1/2/3", "-1/2"} {
		if s, err := ParseShard(bad); err == nil {
			t.Errorf("%q is %v", bad, s)
		}
	}
}

// Variables as SLURM (sbatch, "Job array support") and Kubernetes (Job, completionMode Indexed) set them.
func TestShardFromEnv(t *testing.T) {
	for _, c := range []struct {
		name string
		env  string
		of   int
		want Shard
		bad  string
	}{
		{name: "nothing", want: Shard{}},
		{name: "--array=1-8", env: "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8", want: Shard{Index: 3, Of: 8}},
		{name: "--array=0-7", env: "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7", want: Shard{Index: 1, Of: 8}},
		{name: "--array=10-30:10", env: "SLURM_ARRAY_TASK_ID=30 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=10", want: Shard{Index: 3, Of: 3}},
		{name: "--array=1,5,7", env: "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1", bad: "none of 3 shards"},
		{name: "a task of eight done again", env: "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=5", want: Shard{Index: 1, Of: 1}},
		{name: "the same with --shards", env: "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=5", of: 8, want: Shard{Index: 5, Of: 8}},
		{name: "all tasks with --shards", env: "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0", of: 8, want: Shard{Index: 1, Of: 8}},
		{name: "numbered from 0, done again", env: "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=0", of: 8, bad: "none of 8 shards"},
		{name: "no count", env: "SLURM_ARRAY_TASK_ID=5", bad: "how many"},
		{name: "indexed job", env: "JOB_COMPLETION_INDEX=0", of: 4, want: Shard{Index: 1, Of: 4}},
		{name: "indexed job that says how many", env: "JOB_COMPLETION_INDEX=3 JOB_COMPLETION_COUNT=4", want: Shard{Index: 4, Of: 4}},
		{name: "indexed job, not told", env: "JOB_COMPLETION_INDEX=3", bad: "--shards"},
		{name: "beyond", env: "JOB_COMPLETION_INDEX=4", of: 4, bad: "none of 4 shards"},
		{name: "no number", env: "JOB_COMPLETION_INDEX=x", of: 4, bad: "whole number"},
	} {
		env := map[string]string{}
		for _, kv := range strings.Fields(c.env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		have, _, err := ShardFromEnv(func(k string) (string, bool) { v, ok := env[k]; return v, ok }, c.of)
		switch {
		case c.bad != "":
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%s: have %v %v, want …%s…", c.name, have, err, c.bad)
			}
		case err != nil || have != c.want:
			t.Errorf("%s: have %v %v, want %v", c.name, have, err, c.want)
		}
	}
}

// A machine that takes three of four parts has each run that the fourth has not, and three times as many.
func TestUnevenShards(t *testing.T) {
	large, small := Shard{Index: 1, Last: 3, Of: 4}, Shard{Index: 4, Of: 4}
	n := 0
	for k := range 40 {
		if large.has(k) == small.has(k) {
			t.Errorf("run %d belongs to both, or to none", k)
		}
		if large.has(k) {
			n++
		}
	}
	if n != 30 || large.String() != "1-3/4" || small.String() != "4/4" {
		t.Errorf("%s has %d of 40 runs", large, n)
	}
}

// Every run belongs to exactly one shard, and shards differ by at most one run.
func TestShardsPart(t *testing.T) {
	for of := 1; of <= 5; of++ {
		sizes := make([]int, of)
		for k := range 23 {
			owners := 0
			for i := range of {
				if (Shard{Index: i + 1, Of: of}).has(k) {
					owners++
					sizes[i]++
				}
			}
			if owners != 1 {
				t.Fatalf("run %d of %d shards has %d owners", k, of, owners)
			}
		}
		for _, n := range sizes {
			if n < 23/of || n > 23/of+1 {
				t.Errorf("%d shards get %v", of, sizes)
			}
		}
	}
}
