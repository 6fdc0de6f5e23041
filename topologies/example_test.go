package topologies_test

import (
	"fmt"

	"hypersim/topologies"
)

func ExampleBundled() {
	topo, err := topologies.Bundled("wan5")
	if err != nil {
		fmt.Println(err)
		return
	}
	a, _ := topo.SiteIndex("use1")
	b, _ := topo.SiteIndex("euw1")
	fmt.Println(topo.Title)
	fmt.Println("one way", topo.OneWay(a, b), "round trip", topo.RTT(a, b))
	// The matrix has 70.508 ms there and 70.501 ms back; wan5 takes the mean, and half of it each way.

	// Output:
	// 5 AWS regions, RTT 70–268 ms
	// one way 35.25225ms round trip 70.5045ms
}
