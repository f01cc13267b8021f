<?php

declare(strict_types=1);

use Example\ContactForm\RateLimit;
use PHPUnit\Framework\TestCase;

final class RateLimitTest extends TestCase
{
    public function testRefusesTheFourthMessageOfAnHour(): void
    {
        $limit = new RateLimit(most: 3, seconds: 3600);
        foreach ([0, 10, 20] as $now) {
            self::assertTrue($limit->allow('a@example.org', $now));
        }
        self::assertFalse($limit->allow('a@example.org', 30));
        self::assertTrue($limit->allow('b@example.org', 30));
    }

    public function testForgetsOldMessages(): void
    {
        $limit = new RateLimit(most: 1, seconds: 60);
        self::assertTrue($limit->allow('a@example.org', 0));
        self::assertFalse($limit->allow('a@example.org', 59));
        self::assertTrue($limit->allow('a@example.org', 61));
    }
}
