package accept

import "sync" //tidy:allow the fixture's one explained import

var mu sync.Mutex

func accepted(m map[int]int) int {
	for k := range m { //tidy:allow any one key will do, and the caller sorts
		return k
	}
	return 0
}

func wrong(m map[int]int) {
	for range m { //tidy:allow // want `needs a reason`
	}
	for range m { // want `range over a map`
	} //tidy:allow the line of the finding is the one above // want `accepts nothing`
	for range 3 { //tidy:allow nothing to accept here // want `accepts nothing`
	}
	for range m { //tidy:allowed is another word // want `range over a map`
	}
}
