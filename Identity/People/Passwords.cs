using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace PartnerPlatform.Identity.People;

/// <summary>Hashes of passwords: PBKDF2 with HMAC-SHA-512.</summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>OWASP's figure for this function.</summary>
    private const int Iterations = 210_000;

    private readonly PasswordHasher<Account> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    /// <summary>Hashing takes turns: however many guess passwords, applications get their tokens.</summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly string _nobodys;

    public Passwords() => _nobodys = _hasher.HashPassword(null!, Guid.NewGuid().ToString());

    public Task<string> HashAsync(string password, CancellationToken cancellation) => InTurnAsync(() => _hasher.HashPassword(null!, password), cancellation);

    /// <summary>The work is the same whether there is an account or not, so that time does not tell which names exist.</summary>
    public async Task<bool> MatchesAsync(Account? account, string password, CancellationToken cancellation)
    {
        var bounded = password.Length <= PasswordRules.MaximumLength ? password : "";
        var result = await InTurnAsync(() => _hasher.VerifyHashedPassword(null!, account?.PasswordHash ?? _nobodys, bounded), cancellation);
        return result != PasswordVerificationResult.Failed && account is not null;
    }

    public void Dispose() => _turns.Dispose();

    private async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            return work();
        }
        finally
        {
            _turns.Release();
        }
    }
}
