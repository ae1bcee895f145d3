using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.Acts;

/// <summary>One's own decisions of this visit, each until it is put away.</summary>
public sealed class Receipts
{
    private const int Most = 4;

    private readonly List<Receipt> _receipts = [];

    public IReadOnlyList<Receipt> All => _receipts;

    public event Action? Added;

    public void Add(string what, Change change)
    {
        _receipts.Add(new Receipt(what, change));
        if (_receipts.Count > Most)
        {
            _receipts.RemoveAt(0);
        }

        Added?.Invoke();
    }

    public void Remove(Receipt receipt) => _receipts.Remove(receipt);
}

/// <param name="What">In the past tense.</param>
public sealed record Receipt(string What, Change Change);
