// A pool of goroutines counts words, with a timer, a deadline and a mutex; the last of them sleeps.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	lines := make(chan string)
	counts := map[string]int{}
	var mutex sync.Mutex
	var workers sync.WaitGroup
	for i := 0; i < 100; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for line := range lines {
				for _, word := range strings.Fields(line) {
					mutex.Lock()
					counts[word]++
					mutex.Unlock()
				}
			}
		}()
	}
	ticks := time.NewTicker(time.Millisecond)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		select {
		case lines <- in.Text():
		case <-ctx.Done():
			fmt.Println(ctx.Err())
			return
		}
	}
	close(lines)
	workers.Wait()
	for i := 0; i < 5; i++ {
		<-ticks.C
	}
	time.Sleep(2 * time.Millisecond)
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		fmt.Println(counts[word], word)
	}
}
