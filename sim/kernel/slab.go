package kernel

// chunkLen is how many events a chunk holds. Longer chunks are read faster when a bucket is taken apart;
// shorter ones waste less, since every occupied bucket has one chunk that is half empty on average.
const (
	chunkBits = 4
	chunkLen  = 1 << chunkBits
)

// bucket is an unordered bag of events: a chain of chunks of which only the newest is partly filled.
// end is the slab index behind its last event, 0 when it is empty. A multiple of chunkLen means that the
// newest chunk is full, so chunk and fill need no fields of their own.
type bucket struct {
	end   uint32
	count uint32
}

// slab is the memory of all buckets: one array of events cut into chunks, a link for each chunk, and a
// list of the free ones. A link holds its target plus one, so that 0 ends a chain.
type slab struct {
	events []Event
	links  []uint32
	free   uint32
}

// add puts e into b.
func (s *slab) add(b *bucket, e *Event) {
	i := b.end
	if i%chunkLen == 0 {
		c := s.take()
		s.links[c] = i >> chunkBits
		i = c << chunkBits
	}
	s.events[i] = *e
	b.end = i + 1
	b.count++
}

// drain appends the events of b to dst and empties b.
func (s *slab) drain(b *bucket, dst []Event) []Event {
	for end := b.end; end != 0; {
		first := (end - 1) &^ (chunkLen - 1)
		dst = append(dst, s.events[first:end]...)
		end = s.give(first >> chunkBits)
	}
	*b = bucket{}
	return dst
}

// take returns a chunk that nobody uses.
func (s *slab) take() uint32 {
	if s.free != 0 {
		c := s.free - 1
		s.free = s.links[c]
		return c
	}
	n := len(s.links)
	if n == cap(s.links) {
		s.grow()
	}
	s.links = s.links[:n+1]
	s.events = s.events[:(n+1)<<chunkBits]
	return uint32(n)
}

// give frees chunk c and returns the end index of the chunk that was linked behind it, which is full.
func (s *slab) give(c uint32) (end uint32) {
	next := s.links[c]
	s.links[c] = s.free
	s.free = c + 1
	return next << chunkBits
}

// grow adds an eighth, not the double that append would: at a million pending events the slack is what
// the memory target is about, and growing is rare.
func (s *slab) grow() {
	n := cap(s.links) + cap(s.links)/8 + 8
	if n > 1<<(32-chunkBits)-1 {
		panic("kernel: more than four billion pending events")
	}
	links := make([]uint32, len(s.links), n)
	copy(links, s.links)
	events := make([]Event, len(s.events), n<<chunkBits)
	copy(events, s.events)
	s.links, s.events = links, events
}

// reset frees every chunk and keeps the memory.
func (s *slab) reset() {
	s.links = s.links[:0]
	s.events = s.events[:0]
	s.free = 0
}
