package house

import (
	"testing"
)

func TestPortsAreGivenOnce(t *testing.T) {
	var one, two Ports // as of two processes, whose ports the system keeps apart
	port, err := one.Free()
	if err != nil {
		t.Fatal(err)
	}
	if two.claim(port) {
		t.Error("two hold one port")
	}
	if other, err := two.Free(); err != nil || other == port {
		t.Errorf("the next one: %d, %v", other, err)
	}
	if !listenable(port) {
		t.Error("nobody can listen where a port is kept")
	}
	if err := one.claims[len(one.claims)-1].Close(); err != nil || !two.claim(port) {
		t.Error("what was given back is not to be had")
	}
}
