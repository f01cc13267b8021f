// Command worker runs the shell commands that it reads from stdin, one a line.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"

	"example.org/taskqueue/queue"
)

func main() {
	workers := flag.Int("workers", 4, "commands that run at once")
	attempts := flag.Int("attempts", 1, "how often a command is tried")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	q := queue.New(ctx, queue.Options{Workers: *workers, Attempts: *attempts})

	go func() {
		defer q.Close()
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			command := lines.Text()
			run := func(ctx context.Context) error {
				return exec.CommandContext(ctx, "sh", "-c", command).Run()
			}
			if q.Add(command, run) != nil {
				return
			}
		}
	}()

	failed := 0
	for result := range q.Results() {
		if result.Err != nil {
			failed++
			fmt.Fprintf(os.Stderr, "%s: %v (attempt %d)\n", result.Name, result.Err, result.Attempts)
		}
	}
	if failed > 0 {
		os.Exit(1)
	}
}
