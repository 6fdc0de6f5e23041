package dispatch

// Cores are the cores of one worker and who has each of them (spec 20 §4.6). A handle is the caller's name for a shard.
type Cores struct {
	owner []int32 // handle + 1, 0 = free
	free  int
}

// NewCores returns n free cores.
func NewCores(n int) *Cores { return &Cores{owner: make([]int32, n), free: n} }

// Total returns the number of cores.
func (c *Cores) Total() int { return len(c.owner) }

// Free returns how many are nobody's.
func (c *Cores) Free() int { return c.free }

// Allocate gives n cores to handle h, the lowest-numbered free ones, all or none.
func (c *Cores) Allocate(h int32, n int) bool {
	if n <= 0 || n > c.free {
		return false
	}
	c.free -= n
	for i := range c.owner {
		if c.owner[i] == 0 {
			c.owner[i] = h + 1
			if n--; n == 0 {
				break
			}
		}
	}
	return true
}

// Held returns how many cores h has.
func (c *Cores) Held(h int32) int {
	n := 0
	for _, o := range c.owner {
		if o == h+1 {
			n++
		}
	}
	return n
}

// Release takes back n cores of h, the highest-numbered first (AD-8), all of them if n is below 0, and returns how many
// it took.
func (c *Cores) Release(h int32, n int) int {
	took := 0
	for i := len(c.owner) - 1; i >= 0 && took != n; i-- {
		if c.owner[i] == h+1 {
			c.owner[i] = 0
			took++
		}
	}
	c.free += took
	return took
}
