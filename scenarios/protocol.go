package scenarios

import (
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// Config is the protocol configuration of one node, complete.
type Config struct {
	Swim      swim.Config
	Vivaldi   vivaldi.Config
	Federated federated.Config
	Hier      hier.Config
}

// Protocol holds the distinct configurations of a run. Configs[0] is that of [protocol.…] without
// overrides; NodeSpec.Config says which one a node has.
type Protocol struct {
	Configs []Config
	Unsafe  bool   // checks between parameters are warnings
	Profile string // ProfileSpecified or ProfileInherited; keys of their own may differ from it
}

// Default returns the configuration without overrides.
func (p *Protocol) Default() *Config { return &p.Configs[0] }
