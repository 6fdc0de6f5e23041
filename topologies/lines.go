package topologies

import (
	"bytes"
	"io"
)

// lineCounter passes a text on and knows on which line an offset is. Offsets may only grow.
type lineCounter struct {
	r     io.Reader
	ends  []int64 // offsets of the line ends that at has not passed
	read  int64
	lines int // that at has passed
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, rest := int64(0), p[:n]; ; {
		k := bytes.IndexByte(rest, '\n')
		if k < 0 {
			break
		}
		c.ends = append(c.ends, c.read+i+int64(k))
		i += int64(k) + 1
		rest = rest[k+1:]
	}
	c.read += int64(n)
	return n, err
}

// at returns the 1-based line of an offset that was read.
func (c *lineCounter) at(offset int64) int {
	for len(c.ends) > 0 && c.ends[0] < offset {
		c.ends = c.ends[1:]
		c.lines++
	}
	return c.lines + 1
}
