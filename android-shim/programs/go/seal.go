// Seals what comes in under a random key and nonce, opens it again, and gives it out: AES-GCM as in TLS.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"io"
	"log"
	"os"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	text := must(io.ReadAll(os.Stdin))
	key, nonce := make([]byte, 32), make([]byte, 12)
	must(rand.Read(key))
	must(rand.Read(nonce))
	box := must(cipher.NewGCM(must(aes.NewCipher(key))))
	sealed := box.Seal(nil, nonce, text, nonce)
	must(os.Stdout.Write(must(box.Open(nil, nonce, sealed, nonce))))
}
