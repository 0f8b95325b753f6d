// Lines of a public key, a signature and a message, in hexadecimal: which of them hold, and what all of it hashes to.
package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	all := sha256.New()
	for n := 1; in.Scan(); n++ {
		all.Write(in.Bytes())
		var parts [3][]byte
		for i, field := range strings.Fields(in.Text()) {
			parts[i], _ = hex.DecodeString(field)
		}
		fmt.Println(n, ed25519.Verify(ed25519.PublicKey(parts[0]), parts[2], parts[1]))
	}
	fmt.Printf("%x\n", all.Sum(nil))
}
