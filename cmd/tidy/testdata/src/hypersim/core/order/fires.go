package order

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"unsafe" // want `core/order may not import unsafe`
)

type peer struct{ id int }

func ranges[M ~map[int]V, V any](m map[int]float64, g M) (sum float64) {
	for _, v := range m { // want `range over a map has no order`
		sum += v
	}
	for range g { // want `range over a map has no order`
		sum++
	}
	for k := range maps.Keys(m) { // want `maps.Keys has no order`
		sum += float64(k)
	}
	for v := range maps.Values(m) { // want `maps.Values has no order`
		sum += v
	}
	for k, v := range maps.All(m) { // want `maps.All has no order`
		sum += v - float64(k)
	}
	for _, v := range slices.Collect(maps.Values(m)) { // want `maps.Values has no order`
		sum += v
	}
	keys := slices.Collect(maps.Keys(m)) // want `maps.Keys has no order`
	fmt.Println(keys)                    // too late: someone saw them unsorted
	slices.Sort(keys)
	other := slices.Collect(maps.Keys(m)) // want `maps.Keys has no order`
	slices.Sort(keys)
	it := maps.Keys(m) // want `maps.Keys has no order`
	for k := range it {
		sum += float64(k) + float64(len(other))
	}
	for range reflect.ValueOf(m).MapKeys() { // want `MapKeys has no order`
		sum++
	}
	return sum
}

func scheduler(c chan int) { // want `channel type`
	go ranges(map[int]float64{}, map[int]string{}) // want `go statement`
	select {                                       // want `select picks a ready case at random`
	case c <- 1: // want `channel send`
	case v := <-c: // want `channel receive`
		_ = v
	}
	for range c { // want `range over a channel`
	}
}

type key struct {
	n  int
	of [2]*peer
}

type set[K comparable] map[K]struct{}

var (
	byPeer   map[*peer]int          // want `map keyed by \*peer`
	byAny    map[any]int            // want `map keyed by any`
	byError  map[error]int          // want `map keyed by error`
	byKey    map[key]int            // want `map keyed by key`
	byUnsafe map[unsafe.Pointer]int // want `map keyed by unsafe.Pointer`
	byParam  set[*peer]             // want `map keyed by \*peer`
)

func addresses(p *peer) string {
	const format = "peer %[1]p"                                    // want `%p prints an address`
	return fmt.Sprintf(format, p) + fmt.Sprintf("%#p %d", p, p.id) // want `%p prints an address`
}
