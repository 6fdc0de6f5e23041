package order

import "os"

func testsAreFree(m map[int]int) {
	for range m {
		go os.Getpid()
	}
}
