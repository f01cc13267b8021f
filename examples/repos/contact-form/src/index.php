<?php

declare(strict_types=1);

use Example\ContactForm\Message;

require __DIR__ . '/../vendor/autoload.php';

session_start();
$_SESSION['token'] ??= bin2hex(random_bytes(16));

$wrong = [];
$sent = false;
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (!hash_equals($_SESSION['token'], (string) ($_POST['token'] ?? ''))) {
        http_response_code(400);
        exit('This form has expired. Please load the page again.');
    }
    $message = Message::read($_POST);
    if ($message instanceof Message) {
        $sent = mail(
            'office@example.org',
            'Message from ' . $message->name,
            wordwrap($message->text, 72),
            ['Reply-To' => $message->address],
        );
    } else {
        $wrong = $message;
    }
}

require __DIR__ . '/../templates/form.php';
