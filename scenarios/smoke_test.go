package scenarios

import (
	"fmt"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	s, err := Load("partition", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(s.Config[:3000]))
	fmt.Println(Describe(s))
	st := time.Now()
	for i := 0; i < 10; i++ {
		Load("partition", nil, Options{})
	}
	fmt.Println(time.Since(st) / 10)
	bad := `schema = 2
[scenario]
name = "X y"
duration = 30
wramup = "1"
[topology]
use = "wan6"
[cluster]
gates = -1
[protocol.probe]
interval = "0s"
intervall = "1s"
[protocol.federated]
x=1
[[fault]]
id = "a"
kind = "crsh"
at = "-5s"
`
	_, err = Parse(bad, "x.toml", []string{"network.loss.p=1.5", "cluster.workers=many"}, Options{})
	fmt.Println(err)
}
