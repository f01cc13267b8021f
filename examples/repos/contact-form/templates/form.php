<?php
/** @var array<string, string> $wrong */
/** @var bool $sent */
$old = static fn (string $field): string => htmlspecialchars((string) ($_POST[$field] ?? ''), ENT_QUOTES);
?>
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Write to us</title>
</head>
<body>
<?php if ($sent): ?>
  <p>Thank you. We answer within two working days.</p>
<?php else: ?>
  <form method="post">
    <input type="hidden" name="token" value="<?= htmlspecialchars($_SESSION['token'], ENT_QUOTES) ?>">
    <?php foreach (['name' => 'Your name', 'address' => 'Your e-mail address'] as $field => $label): ?>
      <label><?= $label ?> <input name="<?= $field ?>" value="<?= $old($field) ?>"></label>
      <?php if (isset($wrong[$field])): ?><p class="wrong"><?= htmlspecialchars($wrong[$field]) ?></p><?php endif ?>
    <?php endforeach ?>
    <label>Your message <textarea name="text"><?= $old('text') ?></textarea></label>
    <button>Send</button>
  </form>
<?php endif ?>
</body>
</html>
