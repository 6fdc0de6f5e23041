package runner

import "syscall"

// addressLimit is how much address space the process may take; false: no limit.
func addressLimit() (bytes uint64, ok bool) {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &l) != nil || l.Cur > 1<<60 {
		return 0, false
	}
	return l.Cur, true
}
